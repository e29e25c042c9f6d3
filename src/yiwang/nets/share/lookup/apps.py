from yiwang.kernel.base.module import ModuleConfig


class LookupConfig(ModuleConfig):
    name = "yiwang.nets.share.lookup"
    label = "lookup"
    verbose_name = "Row look-ups over OData and the CKAN interface 授权查询"
    default = True
