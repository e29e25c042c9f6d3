from yiwang.kernel.base.module import ModuleConfig


class TextsConfig(ModuleConfig):
    name = "yiwang.kernel.texts"
    label = "texts"
    verbose_name = "Texts 文本"
    url_prefix = "texts"
    default = True
