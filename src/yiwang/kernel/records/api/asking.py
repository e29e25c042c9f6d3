"""What of which list is asked for, read from a query. 请求解析。"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core import signing
from django.http import QueryDict

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query.services import from_url
from yiwang.kernel.query.types import Schema
from yiwang.kernel.records.services import Desk
from yiwang.kernel.records.types import Wanted

PAGING = frozenset({"order", "after", "limit"})
SEARCH = "search"
MOST, USUAL = 500, 50
_SALT = "yiwang.records.cursor"
_NUMBER = re.compile(r"[0-9]{1,4}")


def read_wanted(
    desk: Desk, code: str, query: QueryDict, *, besides: Iterable[str] = (), pages: bool = True
) -> Wanted:
    """The records that a query asks for; what it names and nobody knows is refused. 读取列表请求。

    `besides` are the names that the operation reads itself; without `pages` there is no order,
    place and limit.
    """
    taken = {SEARCH, *besides, *(PAGING if pages else ())}
    search = query.get(SEARCH, "")
    narrowed = from_url(query, readable(desk, code), ignore=taken)
    if not pages:
        return Wanted(filter=narrowed, search=search)
    return Wanted(
        filter=narrowed,
        search=search,
        order=_read_order(query.get("order", "")),
        after=_read_after(desk, code, query),
        limit=_read_limit(query.get("limit", "")),
    )


def readable(desk: Desk, code: str) -> Schema:
    """The fields that exist for the asker; a hidden one is as unknown as one that never was. 可见字段。"""
    known = desk.snapshot.schema(desk.entity(code))
    seen = set(desk.visible(code))
    found = {name: known.find(name) for name in known if name in seen or name.startswith("_")}
    return Schema({name: field.type for name, field in found.items() if field})


def write_cursor(desk: Desk, code: str, query: QueryDict, after: Sequence[Any] | None) -> str:
    """Where the next page of this list begins, for this asker and these declarations. 写游标。"""
    if after is None:
        return ""
    return signing.dumps([desk.snapshot.epoch, list(after)], salt=_salt(desk, code, query))


def _read_after(desk: Desk, code: str, query: QueryDict) -> list[Any] | None:
    text = query.get("after", "")
    if not text:
        return None
    try:
        epoch, after = signing.loads(text, salt=_salt(desk, code, query))
    except (signing.BadSignature, ValueError, TypeError):
        raise _refuse_cursor() from None
    if epoch != desk.snapshot.epoch:
        raise InvalidInput(
            "records.cursor.old", "What is declared changed meanwhile; begin from the first page"
        )
    return list(after)


def _refuse_cursor() -> InvalidInput:
    return InvalidInput(
        "records.cursor.invalid",
        "This place is not one of this list; take `after` from the page before, or leave it out",
    )


def _salt(desk: Desk, code: str, query: QueryDict) -> str:
    """A cursor belongs to one asker and one list: other filters or another order make another."""
    asked = sorted((name, query.getlist(name)) for name in query if name not in ("after", "limit"))
    told = json.dumps([desk.actor.id, code, asked], ensure_ascii=False)
    return f"{_SALT}.{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _read_order(text: str) -> tuple[str, ...]:
    if "," in text:
        raise InvalidInput("records.order.several", "A list is ordered by one field")
    return (text,) if text else ()


def _read_limit(text: str) -> int:
    if not text:
        return USUAL
    found = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= found <= MOST:
        raise InvalidInput(
            "records.limit.wrong", "limit is a whole number from 1 to %(most)s", most=MOST
        )
    return found
