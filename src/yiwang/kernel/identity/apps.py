from yiwang.kernel.base.module import ModuleConfig


class IdentityConfig(ModuleConfig):
    name = "yiwang.kernel.identity"
    label = "identity"
    verbose_name = "Identity 身份"
    url_prefix = ""
    default = True
