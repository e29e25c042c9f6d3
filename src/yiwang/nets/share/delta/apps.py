from yiwang.kernel.base.module import ModuleConfig


class DeltaConfig(ModuleConfig):
    name = "yiwang.nets.share.delta"
    label = "delta"
    verbose_name = "Delta Sharing 批量共享"
    url_prefix = "delta-sharing"
    default = True
