"""Putting the API together from its modules. 接口汇总。"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from yiwang import __version__
from yiwang.kernel.base.module import ModuleConfig
from yiwang.kernel.ui.access import Access, public

from .document import complete
from .guard import Guard
from .own import router as own_router
from .problems import add_handlers, plain_problem
from .queries import declared_names
from .reading import TextParser


class YiwangAPI(NinjaAPI):
    """The API of one node; its document tells errors and rights of each operation. 接口。"""

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,
        path_params: dict[str, Any] | None = None,  # noqa: ARG002 - the parent's signature
    ) -> OpenAPISchema:
        found = super().get_openapi_schema(path_prefix=path_prefix or "/api/v1/")
        complete(found, self.accesses())
        return found

    def operations(self) -> list[Operation]:
        """Every operation of every module. 全部操作。"""
        return [
            operation
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
        ]

    def accesses(self) -> dict[str, Access]:
        """Who may call each operation, by operation id. 各操作权限。"""
        return {
            operation.operation_id or self.get_openapi_operation_id(operation): access_of(operation)
            for operation in self.operations()
        }


def build_api() -> YiwangAPI:
    """The API with the routers of all modules, each operation guarded. 组装接口。"""
    api = YiwangAPI(
        title="Yiwang 一网",
        version=__version__,
        description="The same services as the pages, for programs. 平台接口。 An operation takes the"
        " query parameters it declares and refuses any other with 422 `api.query.undeclared`.",
        urls_namespace="api",
        openapi_url="/openapi.json",
        docs_url=None,
        parser=TextParser(),
    )
    add_handlers(api)
    api.add_router("/", own_router)
    for prefix, router in gather_routers():
        api.add_router(prefix, router)
    for operation in api.operations():
        operation.auth_callbacks = [
            Guard(
                access_of(operation),
                declared_names(operation),
                is_open=getattr(operation.view_func, "open_query", False),
                own_login=getattr(operation.view_func, "own_login", False),
            )
        ]
    return api


def gather_routers() -> list[tuple[str, Router]]:
    """The router of each module that has an `api` part, under its prefix. 各模块接口。"""
    return [
        (f"/{config.url_prefix}", import_module(f"{config.name}.api").router)
        for config in apps.get_app_configs()
        if isinstance(config, ModuleConfig) and config.label != "site" and config.has_part("api")
    ]


def access_of(operation: Operation) -> Access:
    """Who may call an operation; the node does not start while one does not say. 接口权限。"""
    access = getattr(operation.view_func, "access", None)
    if not isinstance(access, Access):
        name = f"{operation.view_func.__module__}.{operation.view_func.__name__}"
        raise ImproperlyConfigured(f"{name} does not say who may call it: use api_needs(...)")
    return access


@public
def unknown(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """No operation has this address. 未知接口地址。"""
    return plain_problem(404)
