from yiwang.kernel.base.module import ModuleConfig


class SiteConfig(ModuleConfig):
    name = "yiwang.site"
    label = "site"
    verbose_name = "Site 站点"
    url_prefix = ""
    default = True
