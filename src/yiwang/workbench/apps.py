from yiwang.kernel.base.module import ModuleConfig


class WorkbenchConfig(ModuleConfig):
    name = "yiwang.workbench"
    label = "workbench"
    verbose_name = "Workbench 工作台"
    url_prefix = "workbench"
    default = True
