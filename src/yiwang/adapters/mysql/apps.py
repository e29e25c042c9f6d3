from yiwang.kernel.base.module import ModuleConfig


class MysqlConfig(ModuleConfig):
    name = "yiwang.adapters.mysql"
    label = "mysql_source"
    verbose_name = "MySQL"
    default = True
