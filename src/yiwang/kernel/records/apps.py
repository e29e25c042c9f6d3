from yiwang.kernel.base.module import ModuleConfig


class RecordsConfig(ModuleConfig):
    name = "yiwang.kernel.records"
    label = "records"
    verbose_name = "Records 业务对象"
    url_prefix = "records"
    default = True
