from yiwang.kernel.base.module import ModuleConfig


class EventsConfig(ModuleConfig):
    name = "yiwang.kernel.events"
    label = "events"
    verbose_name = "Events 事件"
    url_prefix = "events"
    default = True
