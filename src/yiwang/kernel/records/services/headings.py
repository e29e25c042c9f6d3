"""The columns of a sheet and the fields they mean. 表头。"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from yiwang.kernel.records.types import Field
from yiwang.kernel.ui.labels import in_language

ID_HEADING = "编号 ID"
"""The column of a record's own id: with it a row means just that record. 标识列。"""
ID = "_id"
NEEDED = "*"


def list_headings(fields: Mapping[str, Field]) -> dict[str, str]:
    """The heading of each field in the reader's language; the key beside labels that repeat. 表头。"""
    labels = {key: in_language(one.label) for key, one in fields.items()}
    count = Counter(map(plain, labels.values()))
    return {
        key: label if count[plain(label)] == 1 else f"{label} [{key}]"
        for key, label in labels.items()
    }


def match_headings(
    fields: Mapping[str, Field], columns: Sequence[str]
) -> tuple[dict[str, str], list[str], list[str]]:
    """The field each column means, the columns that mean none, those that repeat one. 匹配表头。

    A column is named by a label in any language, with its unit or without, or by the key.
    """
    known = _names(fields)
    found: dict[str, str] = {}
    unknown, twice = [], []
    for column in columns:
        key = known.get(plain(column), "")
        if not key:
            unknown.append(column)
        elif key in found.values():
            twice.append(column)
        else:
            found[column] = key
    return found, unknown, twice


def plain(heading: str) -> str:
    """A heading without what people change in it: width, case, spaces, the mark of a duty. 归一化。"""
    text = unicodedata.normalize("NFKC", heading).strip().rstrip(NEEDED)
    return "".join(text.split()).casefold()


def _names(fields: Mapping[str, Field]) -> dict[str, str]:
    """What may name each field; a label that two fields share names neither."""
    told = [(name, key) for key, one in fields.items() for name in _labels(key, one)]
    count = Counter(name for name, _ in set(told))
    found = {name: key for name, key in told if count[name] == 1}
    keys = {plain(key): key for key in fields}
    return {**found, **keys, plain(ID_HEADING): ID, plain(ID): ID}


def _labels(key: str, field: Field) -> Iterable[str]:
    for language, label in field.label.items():
        unit = field.unit.get(language, "")
        yield plain(label)
        yield plain(f"{label}[{key}]")
        if unit:
            yield plain(f"{label}({unit})")
