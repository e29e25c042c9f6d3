from yiwang.kernel.base.module import ModuleConfig


class CalendarConfig(ModuleConfig):
    name = "yiwang.kernel.calendar"
    label = "calendar"
    verbose_name = "Calendar 日历"
    url_prefix = "calendar"
    default = True
