"""Rows of a grant as OData asks for them. OData 取数。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.nets.share.exchange.types import Ask
from yiwang.nets.share.lookup.types import (
    ODATA,
    ROW,
    SKIP_AT_MOST,
    Options,
    Page,
    Source,
    Unsupported,
)

from .odata_filter import read_filter
from .sources import read_page

PAGE = 1000
KNOWN = frozenset(
    ["$select", "$filter", "$orderby", "$top", "$skip", "$skiptoken", "$count", "$format"]
)
ELSEWHERE = frozenset(
    [
        "$expand",
        "$search",
        "$apply",
        "$compute",
        "$levels",
        "$deltatoken",
        "$index",
        "$schemaversion",
    ]
)
TOKEN = re.compile(r"([0-9]{1,9})-([0-9]{1,15})")
NUMBER = re.compile("[0-9]{1,15}")


def read_options(said: Mapping[str, str], source: Source) -> Options:
    """What a query says, or InvalidInput; Unsupported for what this node does not do. 读取选项。"""
    _refuse_unknown(said)
    _refuse_order(said.get("$orderby", ""))
    version, after = _read_token(said.get("$skiptoken", ""))
    skip = _read_number(said, "$skip") or 0
    if skip > SKIP_AT_MOST:
        raise InvalidInput(
            "lookup.skip.too_far",
            "At most %(most)s rows can be passed over; follow the next link of each page instead",
            most=SKIP_AT_MOST,
        )
    return Options(
        select=_read_select(said.get("$select", ""), source),
        where=read_filter(said.get("$filter", ""), source.names),
        top=_read_number(said, "$top"),
        skip=skip,
        after=after,
        version=version,
        count=_read_flag(said, "$count"),
    )


def read_rows(actor: Actor, source: Source, wanted: Options) -> Page:
    """A page of rows, and where the next begins. 取页。"""
    limit = min(wanted.size or PAGE, PAGE)
    if wanted.top is not None:
        limit = min(limit, wanted.top)
    named = tuple(name for name in wanted.select if name != ROW)
    columns = named or (source.columns[0].name,)  # a grant is asked for columns, not for numbers
    return read_page(
        actor, source, Ask(columns, wanted.where, wanted.version), after=wanted.after,
        skip=wanted.skip, limit=limit, total=wanted.count, method=ODATA,
    )  # fmt: skip


def count_rows(actor: Actor, source: Source, wanted: Options) -> int:
    """How many rows meet a filter. 计数。"""
    page = read_rows(actor, source, replace(wanted, top=0, count=True))
    return page.total or 0


def next_options(said: Mapping[str, str], wanted: Options, page: Page) -> dict[str, str] | None:
    """The query of the next page; None behind the last. 下一页。

    Rows are counted from the number of the last one, so that no page is dearer than another.
    """
    top = None if wanted.top is None else wanted.top - len(page.rows)
    if not page.more or top == 0:
        return None
    left = {name: text for name, text in said.items() if name not in ("$skip", "$top", "$count")}
    if top is not None:
        left["$top"] = str(top)
    return left | {"$skiptoken": f"{page.version}-{page.after}"}


def _refuse_unknown(said: Mapping[str, str]) -> None:
    strange = [name for name in said if name not in KNOWN]
    if any(name in ELSEWHERE for name in strange):
        raise Unsupported(
            "lookup.option.unsupported", "%(name)s is not supported here", name=strange[0]
        )
    if strange:
        raise InvalidInput(
            "lookup.option.unknown", "There is no query option %(name)s; there are: %(known)s",
            name=strange[0][:60], known=", ".join(sorted(KNOWN)),
        )  # fmt: skip


def _refuse_order(text: str) -> None:
    if text.strip() not in ("", ROW, f"{ROW} asc"):
        raise Unsupported(
            "lookup.order.unsupported",
            "Rows come in the order of their numbers; $orderby takes %(row)s only", row=ROW,
        )  # fmt: skip


def _read_select(text: str, source: Source) -> tuple[str, ...]:
    """The columns by their names, `ROW` among them where it is wanted; all for nothing. 所选列。"""
    wanted = list(dict.fromkeys(one.strip() for one in text.split(","))) if text.strip() else ["*"]
    if "*" in wanted:
        return (ROW, *source.shorts)
    known = {**source.names, ROW: ROW}
    strange = [one for one in wanted if one not in known]
    if strange:
        raise InvalidInput(
            "lookup.select.unknown", "There is no property %(name)s", name=strange[0][:80]
        )
    return tuple(known[one] for one in wanted)


def _read_token(text: str) -> tuple[int, int]:
    found = TOKEN.fullmatch(text)
    if text and not found:
        raise InvalidInput("lookup.token.invalid", "This is no next link of this node")
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _read_number(said: Mapping[str, str], name: str) -> int | None:
    text = said.get(name, "").strip()
    if text and not NUMBER.fullmatch(text):
        raise InvalidInput("lookup.number.invalid", "%(name)s must be a whole number", name=name)
    return int(text) if text else None


def _read_flag(said: Mapping[str, str], name: str) -> bool:
    text = said.get(name, "false").strip()
    if text not in ("true", "false"):
        raise InvalidInput("lookup.flag.invalid", "%(name)s is true or false", name=name)
    return text == "true"
