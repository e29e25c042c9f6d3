"""What ids and codes in records are called. 名称。

A page or a file names all it shows with one call: linked records by entity, people, organizations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import AccountInfo
from yiwang.kernel.records.types import Field, Label, Record, Value
from yiwang.kernel.standards import services as standards

NamesOf = Callable[[str, Iterable[str]], Mapping[str, str]]
"""Titles of records of an entity by id, as `name_records` gives them. 取记录标题。"""


@dataclass(frozen=True, slots=True)
class Names:
    """Linked records by entity and id, accounts by id, organizations by code. 名称表。"""

    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    people: Mapping[str, AccountInfo] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def link(self, entity: str, record_id: str) -> str:
        """What a linked record is called; its id where the reader may not know. 关联记录标题。"""
        return self.links.get(entity, {}).get(record_id, record_id)

    def person(self, account: str) -> str:
        """What a person is called. 人员姓名。"""
        return self.people[account].label if account in self.people else account

    def place(self, code: str) -> str:
        """What an organization is called. 机构名称。"""
        return self.places.get(code, code)


def gather_names(
    name_records: NamesOf,
    fields: Mapping[str, Field],
    rows: Iterable[tuple[Mapping[str, Value], frozenset[str]]],
    *,
    people: Iterable[str] = (),
    places: Iterable[str] = (),
) -> Names:
    """The names of all that some rows of values mention, one query for each kind. 批量取名称。

    A row comes with the keys that are masked for the reader: nothing is looked up by those.
    """
    wanted: dict[tuple[str, str], set[str]] = {
        ("person", ""): set(people), ("organization", ""): set(places)
    }  # fmt: skip
    for values, masked in rows:
        for kind, target, value in _mentions(fields, values, masked):
            wanted.setdefault((kind, target), set()).add(value)
    found = {pair: {one for one in ids if one} for pair, ids in wanted.items()}
    accounts, codes = found.pop(("person", "")), found.pop(("organization", ""))
    return Names(
        {target: name_records(target, ids) for (_, target), ids in found.items()},
        identity.get_accounts(accounts) if accounts else {},
        {one.code: one.name for one in identity.get_organizations(codes).values()} if codes else {},
    )


def gather_for_records(
    name_records: NamesOf, fields: Mapping[str, Field], records: Iterable[Record]
) -> Names:
    """The names of all that some records mention, their owners and organizations too. 记录名称。"""
    found = list(records)
    return gather_names(
        name_records,
        fields,
        [(one.values, one.masked) for one in found],
        people={one.owner for one in found},
        places={one.organization for one in found},
    )


def _mentions(
    fields: Mapping[str, Field], values: Mapping[str, Value], masked: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str, str]]:
    for key, one in fields.items():
        value = values.get(key)
        if value is None or key in masked:
            continue
        if one.kind in ("link", "person", "organization"):
            yield one.kind, one.to if one.kind == "link" else "", value
        elif one.kind == "group" and isinstance(value, list):
            for row in value:
                yield from _mentions(one.fields, row)


def list_choices(one: Field) -> list[tuple[str, Label]]:
    """The codes a field offers with their labels, its own or those of its code set. 可选值。"""
    if one.choices or not one.code_set:
        return list(one.choices)
    version = standards.find_code_set(one.code_set, today())
    codes = version.codes.values() if version else ()
    return [(code.code, {"zh": code.name, "en": code.name_en}) for code in codes]


def find_choice(one: Field, code: str) -> Label | None:
    """The label of one code, or None where the field does not know it. 选项标签。"""
    if one.choices or not one.code_set:
        return next((label for known, label in one.choices if known == code), None)
    found = standards.find_code(one.code_set, code, today())
    return {"zh": found.name, "en": found.name_en} if found else None
