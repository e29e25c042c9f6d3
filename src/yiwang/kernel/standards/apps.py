from yiwang.kernel.base.module import ModuleConfig


class StandardsConfig(ModuleConfig):
    name = "yiwang.kernel.standards"
    label = "standards"
    verbose_name = "Standards 数据元标准"
    url_prefix = "standards"
    default = True
