from yiwang.kernel.base.module import ModuleConfig


class AppsConfig(ModuleConfig):
    name = "yiwang.kernel.apps"
    label = "apps"
    verbose_name = "Apps 应用"
    url_prefix = "apps"
    default = True
