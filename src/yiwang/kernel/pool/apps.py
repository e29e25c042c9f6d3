from yiwang.kernel.base.module import ModuleConfig


class PoolConfig(ModuleConfig):
    name = "yiwang.kernel.pool"
    label = "pool"
    verbose_name = "Pool 数据池"
    url_prefix = "pool"
    default = True
