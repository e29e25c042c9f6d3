"""Filters above views that are no lists. 视图筛选。"""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from yiwang.kernel.query.types import Node
from yiwang.kernel.ui.lists import ListSpec
from yiwang.kernel.ui.lists.build import ListState

from .filtering import list_filters, read_filters
from .looks import Look


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the reader chose above the view, and the form that says it. 筛选状态。"""

    nodes: list[Node]
    search: str
    form: forms.Form
    kept: list[tuple[str, str]]
    is_narrowed: bool
    reset_url: str


def narrow(look: Look, *, without: tuple[str, ...] = ()) -> Narrowed:
    """The filters of a view, but for what the view itself lays out. 读取筛选。"""
    filters = [one for one in list_filters(look) if one.name.partition("__")[0] not in without]
    spec = ListSpec(f"records.{look.entity.code}", [], filters=filters, search=look.searched)
    state = ListState(look.request, spec)
    return Narrowed(
        read_filters(look, state.filters),
        state.search,
        state.form,
        state.kept,
        state.is_narrowed,
        state.reset_url,
    )
