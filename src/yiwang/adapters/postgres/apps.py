from yiwang.kernel.base.module import ModuleConfig


class PostgresConfig(ModuleConfig):
    name = "yiwang.adapters.postgres"
    label = "postgres_source"
    verbose_name = "PostgreSQL"
    default = True
