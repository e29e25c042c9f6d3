from yiwang.kernel.base.module import ModuleConfig


class SourcesConfig(ModuleConfig):
    name = "yiwang.nets.share.sources"
    label = "sources"
    verbose_name = "Live sources 数据源"
    url_prefix = "sources"
    default = True
