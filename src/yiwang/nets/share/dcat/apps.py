from yiwang.kernel.base.module import ModuleConfig


class DcatConfig(ModuleConfig):
    name = "yiwang.nets.share.dcat"
    label = "dcat"
    verbose_name = "DCAT-AP 目录对外描述"
    url_prefix = "dcat"
    default = True
