from yiwang.kernel.base.module import ModuleConfig


class CompareConfig(ModuleConfig):
    name = "yiwang.nets.share.compare"
    label = "compare"
    verbose_name = "Comparison 数据比对"
    url_prefix = "compare"
    default = True
