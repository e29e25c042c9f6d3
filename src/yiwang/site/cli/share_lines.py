"""What the share commands print for people. 命令行文字输出。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .words import t

Document = Mapping[str, Any]


def preview_lines(one: Document) -> Iterator[str]:
    """One table of a file that is looked at. 预览。"""
    for place in one["records"]:
        yield t("  %(path)s  %(count)s records", path=place["path"], count=f"{place['count']:,}")
    if "columns" not in one:
        return
    yield t(
        "%(table)s: %(format)s %(encoding)s, header row %(row)s, %(foot)s rows under the table",
        table=one["table"] or "-",
        format=one["format"],
        encoding=one["encoding"] or "-",
        row=one["header_row"],
        foot=one["footer_rows"],
    )
    for column in one["columns"]:
        known = f"  ? {column['element']} {column['confidence']}%" if column["element"] else ""
        yield f"    {column['heading']}{known}  {' | '.join(column['values'])}"
        if column["unreadable"]:
            yield t(
                "      %(number)s of %(total)s cannot be read",
                number=column["unreadable"],
                total=column["filled"],
            )


def landing_lines(one: Document) -> Iterator[str]:
    """One landed, held or refused table. 汇聚结果。"""
    where = " / ".join(part for part in (one["file"], one["member"]) if part)
    if one["error"]:
        error = one["error"]
        yield f"✗ {where}  {error['code']}: {t(error['message'], **error['extra'])}"
        return
    yield t(
        "✓ %(where)s → %(code)s %(name)s, version %(version)s: %(rows)s rows, %(encoding)s",
        where=where,
        code=one["resource_code"],
        name=one["resource_name"],
        version=one["version"],
        rows=f"{one['rows']:,}",
        encoding=one["encoding"] or "-",
    )
    for column in one["columns"]:
        element = column["element"] or column["suggested"]
        mark = "=" if column["element"] else "?"
        yield f"    {column['name']}" + (f"  {mark} {element}" if element else "")
    for kind, number in one["differences"].items():
        yield t("    differences: %(kind)s %(number)s", kind=kind, number=f"{number:,}")
    for note in one["notes"]:
        yield f"    {note}"


def profile_lines(document: Document) -> Iterator[str]:
    """A line per column. 概况。"""
    yield t(
        "%(name)s, version %(version)s: %(rows)s rows",
        name=document["resource"]["name"],
        version=document["version"],
        rows=f"{document['rows']:,}",
    )
    for column in document["columns"]:
        blanks = column["absent"] + column["empty"] + column["blank"]
        element = column["element"] or column["suggested"] or "-"
        top = ", ".join(f"{one['value']} ×{one['rows']:,}" for one in column["top"][:3])
        yield t(
            "  %(name)s  element %(element)s  distinct %(distinct)s  blank %(blanks)s  %(top)s",
            name=column["name"],
            element=element,
            distinct=f"{column['distinct']:,}",
            blanks=f"{blanks:,}",
            top=top,
        )


def comparison_lines(document: Document) -> Iterator[str]:
    """A line per count with its formula. 比对计数。"""
    for count in document["counts"]:
        yield f"{count['name']:<28}{count['value']:>12,}  {t(count['formula'])}"


def catalog_lines(document: Document) -> Iterator[str]:
    """A line per hit. 检索结果。"""
    if not document["hits"]:
        yield t("Nothing found for %(text)s", text=document["text"])
    for hit in document["hits"]:
        yield f"{hit['code']}  {hit['name']}  {hit['owner_name'] or hit['owner']}"


def resource_lines(document: Document) -> Iterator[str]:
    """An entry at a glance. 资源概要。"""
    yield f"{document['code']}  {document['name']}  {document['owner']}  {document['stage']}"
    for version in document["versions"]:
        yield t(
            "  version %(number)s  %(kind)s  %(rows)s rows  %(state)s",
            **{**version, "rows": f"{version['rows']:,}"},
        )
    for delivery in document["deliveries"]:
        yield f"  {delivery['id']}  {delivery['file']}  {delivery['state']}"
    for item in document["missing"]:
        yield t("  missing before publishing: %(item)s", item=t(item))
