"""Which query parameters an operation takes. 查询参数。

A misspelt filter that is silently dropped gives a longer list than was asked for, and nobody sees
it. So what an operation does not declare is refused, with the names that it does take.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.operation import Operation

from yiwang.kernel.base.errors import InvalidInput

SHOWN = 100  # characters of a name that is nobody's


def declared_names(operation: Operation) -> frozenset[str]:
    """The query parameters that an operation declares, by their names in addresses. 已声明参数。"""
    return frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )


def refuse_undeclared(request: HttpRequest, declared: frozenset[str]) -> None:
    """Stop a call with a query parameter that its operation does not declare. 拒绝未声明参数。"""
    strange = [name[:SHOWN] for name in request.GET if name not in declared]
    if strange:
        raise InvalidInput(
            "api.query.undeclared",
            "This operation takes no query parameter '%(name)s'; it takes: %(declared)s",
            name=strange[0],
            declared=", ".join(sorted(declared)) or "-",
            errors=[{"where": f"query/{name}", "code": "undeclared"} for name in strange],
        )
