from yiwang.kernel.base.module import ModuleConfig


class QualityConfig(ModuleConfig):
    name = "yiwang.nets.share.quality"
    label = "quality"
    verbose_name = "Data quality 数据质量"
    url_prefix = "quality"
    default = True
