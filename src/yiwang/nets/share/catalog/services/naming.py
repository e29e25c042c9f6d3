"""Owners by name in lists. 列表中的部门名称。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from yiwang.kernel.ui.lists import ListSpec


def name_owners_in(spec: ListSpec, names: Mapping[str, str], *, field: str = "owner") -> ListSpec:
    """The list with its column and filter of organizations by name, asked once per page. 显示部门名称。"""
    columns = [
        replace(one, value=lambda row: names.get(code := getattr(row, field), code))
        if one.name == field
        else one
        for one in spec.columns
    ]
    choices = sorted(names.items(), key=lambda pair: pair[1])
    filters = [replace(one, choices=choices) if one.name == field else one for one in spec.filters]
    return replace(spec, columns=columns, filters=filters)
