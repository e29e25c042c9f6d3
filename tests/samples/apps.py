from yiwang.kernel.base.module import ModuleConfig


class SamplesConfig(ModuleConfig):
    name = "tests.samples"
    label = "samples"
    default = True
