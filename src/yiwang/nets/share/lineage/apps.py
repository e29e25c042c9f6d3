from yiwang.kernel.base.module import ModuleConfig


class LineageConfig(ModuleConfig):
    name = "yiwang.nets.share.lineage"
    label = "lineage"
    verbose_name = "Lineage 数据血缘"
    url_prefix = "lineage"
    default = True
