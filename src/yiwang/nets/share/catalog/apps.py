from yiwang.kernel.base.module import ModuleConfig


class CatalogConfig(ModuleConfig):
    name = "yiwang.nets.share.catalog"
    label = "catalog"
    verbose_name = "Catalogue 资源目录"
    url_prefix = "catalog"
    default = True
