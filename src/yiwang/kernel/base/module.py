"""What every module of the house declares about itself. 模块声明。"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """One module: its place, its address, what is loaded when it starts. 模块。

    At start `tasks` and `wiring` are imported where they stand: that is where a module registers
    permissions, ports, subscribers, to-do sources and menu entries. `pages.urlpatterns` is served
    under `/<url_prefix>/` and `api.router` under `/api/v1/<url_prefix>/`, see `site.urls`.
    """

    url_prefix = ""
    default = False

    def ready(self) -> None:
        """Load the parts that register things. 装载登记项。"""
        for part in ("tasks", "wiring"):
            if find_spec(f"{self.name}.{part}"):
                import_module(f"{self.name}.{part}")

    def has_part(self, part: str) -> bool:
        """Whether the module has a file or folder of that name. 是否含部件。"""
        return find_spec(f"{self.name}.{part}") is not None
