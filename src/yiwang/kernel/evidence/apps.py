from yiwang.kernel.base.module import ModuleConfig


class EvidenceConfig(ModuleConfig):
    name = "yiwang.kernel.evidence"
    label = "evidence"
    verbose_name = "Evidence 存证"
    url_prefix = "evidence"
    default = True
