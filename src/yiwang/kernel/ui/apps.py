from yiwang.kernel.base.module import ModuleConfig


class UiConfig(ModuleConfig):
    name = "yiwang.kernel.ui"
    label = "ui"
    verbose_name = "Page parts 页面部件"
    url_prefix = ""
    default = True
