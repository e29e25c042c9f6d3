"""Which data element each column looks like. 数据元推荐。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.pool.types import ColumnProfile
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.types import ItemInfo


def suggest_items(
    columns: Sequence[str], profile: Sequence[ColumnProfile], told: Mapping[str, str]
) -> list[ItemInfo]:
    """An item per column: the element the sender named, else the likeliest with reasons. 推荐信息项。

    Raises NotFound where the sender names a column or an element that is not there.
    """
    _refuse_unknown(columns, told)
    samples = {column.name: column.count_top() for column in profile}
    return [
        _suggest(name, position, samples.get(name, {}), told.get(name, ""))
        for position, name in enumerate(columns, start=1)
    ]


def _suggest(name: str, position: int, samples: Mapping[str, int], told: str) -> ItemInfo:
    found = standards.suggest_elements(name, list(samples), limit=1)
    best = found[0] if found else None
    if best and not standards.is_worth_proposing(name, best.code, samples):
        best = None
    return ItemInfo(
        name=name,
        position=position,
        element=told,
        suggested=best.code if best else "",
        reasons=tuple((one.zh, one.en) for one in best.reasons) if best else (),
    )


def _refuse_unknown(columns: Sequence[str], told: Mapping[str, str]) -> None:
    known = standards.get_elements()
    for column, element in told.items():
        if column not in columns:
            raise NotFound(
                "connect.mapping.column", "There is no column %(column)s to map", column=column
            )
        if element not in known:
            raise NotFound(
                "connect.mapping.element", "There is no data element %(element)s", element=element
            )
