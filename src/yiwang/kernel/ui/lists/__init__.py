"""Lists by declaration: columns, filters, order, export, paging by key. 列表。

A page declares a `ListSpec` once and answers `render_list(request, SPEC, rows)`. The address holds
the whole state, so a list can be bookmarked, sent to a colleague and used without script. Rows
come from a QuerySet or from a provider (see `ListQuery`); nothing is ever counted.
"""

from .build import Listing, build_list
from .spec import Column, Empty, Filter, Light, ListQuery, ListSlice, ListSpec, Provider
from .view import render_list

__all__ = [
    "Column",
    "Empty",
    "Filter",
    "Light",
    "ListQuery",
    "ListSlice",
    "ListSpec",
    "Listing",
    "Provider",
    "build_list",
    "render_list",
]
