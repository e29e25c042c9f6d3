from yiwang.kernel.base.module import ModuleConfig


class SqliteFilesConfig(ModuleConfig):
    name = "yiwang.adapters.sqlite_files"
    label = "sqlite_source"
    verbose_name = "SQLite"
    default = True
