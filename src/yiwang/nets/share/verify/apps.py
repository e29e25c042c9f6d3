from yiwang.kernel.base.module import ModuleConfig


class VerifyConfig(ModuleConfig):
    name = "yiwang.nets.share.verify"
    label = "verify"
    verbose_name = "Checks 核验"
    url_prefix = "verify"
    default = True
