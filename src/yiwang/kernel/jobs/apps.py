from yiwang.kernel.base.module import ModuleConfig


class JobsConfig(ModuleConfig):
    name = "yiwang.kernel.jobs"
    label = "jobs"
    verbose_name = "Jobs 任务"
    url_prefix = "jobs"
    default = True
