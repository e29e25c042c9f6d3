from yiwang.kernel.base.module import ModuleConfig


class NotifyConfig(ModuleConfig):
    name = "yiwang.kernel.notify"
    label = "notify"
    verbose_name = "Notices 通知"
    url_prefix = "notify"
    default = True
