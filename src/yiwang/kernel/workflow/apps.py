from yiwang.kernel.base.module import ModuleConfig


class WorkflowConfig(ModuleConfig):
    name = "yiwang.kernel.workflow"
    label = "workflow"
    verbose_name = "Cases 流程"
    url_prefix = "cases"
    default = True
