"""Every address of the node, gathered from its modules. 路由汇总。"""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path, re_path

from yiwang.kernel.base.module import ModuleConfig

from .api.build import build_api, unknown
from .api.reference import show_reference


def gather_pages() -> list[URLPattern | URLResolver]:
    """The pages of each module under its prefix. 各模块页面。"""
    found: list[URLPattern | URLResolver] = []
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig) and config.has_part("pages"):
            patterns = import_module(f"{config.name}.pages").urlpatterns
            prefix = f"{config.url_prefix}/" if config.url_prefix else ""
            found.append(path(prefix, include((patterns, config.label))))
    return found


api = build_api()
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", show_reference, name="api-reference"),
    path("api/v1/", api.urls),
    re_path(r"^api/v1/", unknown),
    *gather_pages(),
]
handler400 = "yiwang.kernel.ui.failures.bad_request"
handler403 = "yiwang.kernel.ui.failures.denied"
handler404 = "yiwang.kernel.ui.failures.not_found"
handler500 = "yiwang.kernel.ui.failures.broken"
