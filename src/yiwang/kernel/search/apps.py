from yiwang.kernel.base.module import ModuleConfig


class SearchConfig(ModuleConfig):
    name = "yiwang.kernel.search"
    label = "search"
    verbose_name = "Search 检索"
    url_prefix = "search"
    default = True
