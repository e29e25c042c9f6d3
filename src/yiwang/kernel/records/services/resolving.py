"""What people write for records, people and organizations, as what is meant. 名称解析。

All that a sheet names is looked up together, before its rows are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.ids import is_id
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import AccountInfo
from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.query.types import In, Literal
from yiwang.kernel.records.types import Entity, Field, FieldKind, Record, Wanted

from .cells import Unreadable
from .desk import Desk
from .reading import PAGE_AT_MOST, find_seen, list_records

AT_ONCE = 200
SEARCHED = 300
"""Names that are searched for one by one, where titles have no index. 逐个搜索上限。"""
MANY = ""
_IN_BRACKETS = re.compile(r".*[(（]([^()（）]+)[)）]\s*")
RESOLVED: frozenset[FieldKind] = frozenset({"link", "person", "organization"})


class Resolver:
    """What names mean for one reader. 名称解析器。 `prepare` looks up, `resolve` tells."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._links: dict[str, dict[str, str]] = {}
        self._people: dict[str, str | Unreadable] = {}
        self._places: dict[str, str] = {}

    def prepare(self, field: Field, texts: Collection[str]) -> None:
        """Look up all that a column says. 批量查找。"""
        told = {text for text in texts if text}
        if field.kind == "link":
            known = self._links.setdefault(field.to, {})
            known.update(self._find_links(field.to, told - known.keys()))
        elif field.kind == "organization" and not self._places:
            self._places = _list_places()
        elif field.kind == "person":
            self._people |= _find_people(told - self._people.keys())

    def resolve(self, field: Field, text: str) -> str:
        """The id or code that a text means; Unreadable. 解析。"""
        if field.kind == "person":
            return self._person(text)
        if field.kind == "organization":
            return self._place(text)
        found = self._links.get(field.to, {}).get(text)
        if found == MANY:
            raise Unreadable(msg("Several records are called so; write the key or the ID"))
        if found is None:
            raise Unreadable(msg("There is no such record"))
        return found

    def _find_links(self, code: str, texts: set[str]) -> dict[str, str]:
        """By id, by key, by title: what comes first holds."""
        target = next((one for one in self.desk.entities() if one.code == code), None)
        if target is None or not texts:
            return {}
        found = {one: one for one in find_seen(self.desk, code, _ids(texts))}
        if len(target.key) == 1:
            found = self._find_by(target, target.key[0], texts - found.keys()) | found
        found = self._find_by(target, target.titled_by, texts - found.keys()) | found
        left = texts - found.keys()
        return self._search(target, left) | found if len(left) <= SEARCHED else found

    def _find_by(self, target: Entity, key: str, texts: set[str]) -> dict[str, str]:
        """Records by the value of an indexed text; MANY where several have it."""
        if key not in self.desk.narrowable(target.code) or target.fields[key].kind != "text":
            return {}
        found: dict[str, str] = {}
        for block in in_blocks(sorted(texts), AT_ONCE):
            node = In(Named(key), tuple(Literal(one, "text") for one in block))
            page = list_records(self.desk, target.code, Wanted(node, limit=PAGE_AT_MOST))
            _note(found, ((one.values.get(key), one) for one in page.records))
            if page.after is not None:  # So many of one name that the others may be cut off.
                found |= dict.fromkeys(block, MANY)
        return found

    def _search(self, target: Entity, texts: set[str]) -> dict[str, str]:
        """Records by a title that has no index, but whose words are found."""
        titled = target.titled_by
        if titled not in target.search or titled not in self.desk.plain(target.code):
            return {}
        found: dict[str, str] = {}
        for text in texts:
            page = list_records(self.desk, target.code, Wanted(search=text, limit=AT_ONCE))
            _note(found, ((one.title, one) for one in page.records if one.title == text))
        return found

    def _person(self, text: str) -> str:
        if text not in self._people:
            self._people |= _find_people({text})
        found = self._people[text]
        if isinstance(found, Unreadable):
            raise found
        return found

    def _place(self, text: str) -> str:
        inner = _IN_BRACKETS.fullmatch(text)
        for one in (text, inner[1].strip() if inner else ""):
            if one in self._places:
                break
        found = self._places.get(one)
        if found == MANY:
            raise Unreadable(msg("Several organizations are called so; write the code"))
        if found is None:
            raise Unreadable(msg("There is no such organization"))
        return found


def _note(found: dict[str, str], pairs: Iterable[tuple[Any, Record]]) -> None:
    for text, record in pairs:
        found[str(text)] = MANY if str(text) in found else record.id


def _ids(texts: set[str]) -> list[str]:
    return [text for text in texts if is_id(text)]


def _find_people(texts: set[str]) -> dict[str, str | Unreadable]:
    """As handed out, `name (sign-in name)`, and as people write them."""
    inner = {text: match[1].strip() for text in texts if (match := _IN_BRACKETS.fullmatch(text))}
    signed = identity.find_accounts(inner.values())
    found: dict[str, str | Unreadable] = {
        text: signed[name].id for text, name in inner.items() if name in signed
    }
    others = identity.find_people(texts - found.keys())
    return found | {text: _person_or_why(one) for text, one in others.items()}


def _person_or_why(one: AccountInfo | YiwangError) -> str | Unreadable:
    return Unreadable(one.message, **one.extra) if isinstance(one, YiwangError) else one.id


def _list_places() -> dict[str, str]:
    """Organizations by name and by code; a code is stronger than a name."""
    places = identity.list_organizations()
    found: dict[str, str] = {}
    for one in places:
        found[one.name] = MANY if one.name in found else one.code
    return found | {one.code: one.code for one in places}


def columns_to_resolve(fields: Mapping[str, Field]) -> list[str]:
    """The fields whose cells are names of something. 需解析字段。"""
    return [key for key, one in fields.items() if one.kind in RESOLVED]
