from yiwang.kernel.base.module import ModuleConfig


class EntitiesConfig(ModuleConfig):
    name = "yiwang.nets.share.entities"
    label = "entities"
    verbose_name = "Entities in the catalogue 业务对象资源"
    url_prefix = "entities"
    default = True
