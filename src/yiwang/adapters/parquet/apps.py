from yiwang.kernel.base.module import ModuleConfig


class ParquetConfig(ModuleConfig):
    name = "yiwang.adapters.parquet"
    label = "parquet"
    verbose_name = "Parquet"
    default = True
