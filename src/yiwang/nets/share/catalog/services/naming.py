"""What things are called: owners in lists, resources as datasets outside. 名称。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from yiwang.kernel.base.ids import get_node
from yiwang.kernel.ui.lists import ListSpec


def get_dataset_namespace() -> str:
    """Under which this node names its datasets and jobs to others: its public id. 命名空间。

    A resource is the dataset of its code there, in OpenLineage and wherever datasets are named.
    """
    return f"yiwang://{get_node()}"


def make_run_id(about: str) -> str:
    """The same UUID for the same thing, as OpenLineage asks for one of each run. 运行标识。"""
    return str(uuid5(NAMESPACE_URL, f"urn:yiwang:{about}"))


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
