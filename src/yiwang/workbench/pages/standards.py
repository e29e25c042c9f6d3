"""Data elements and code sets, to look up. 数据元与代码集页面。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services
from yiwang.kernel.standards.types import (
    EDIT_ELEMENTS,
    SUBJECTS,
    Code,
    CodeSetVersion,
    Element,
)
from yiwang.kernel.ui.access import actor_of, signed_in
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    build_list,
    render_list,
)

TYPES = {
    "text": msg("Text"),
    "code": msg("Code"),
    "integer": msg("Whole number"),
    "number": msg("Numeric value"),
    "date": msg("Date"),
    "datetime": msg("Date and time"),
}
GRADES = {
    1: Light(msg("Grade 1, public"), "green"),
    2: Light(msg("Grade 2, internal"), "blue"),
    3: Light(msg("Grade 3, sensitive"), "yellow"),
    4: Light(msg("Grade 4, most sensitive"), "red"),
}


def name_of(row: Element | CodeSetVersion) -> str:
    """The name in the reader's language. 名称。"""
    return row.en if get_language() == "en" and row.en else row.zh


def type_of(row: Element) -> str:
    """The type in words. 数据类型。"""
    return gettext(TYPES[row.type])


def subject_of(row: Element) -> str:
    """The field it belongs to, in words. 主题。"""
    return gettext(SUBJECTS[row.subject]) if row.subject else ""


def grade_of(row: Element) -> Light:
    """The protection grade in words. 安全级别。"""
    return GRADES[row.grade]


def validity_of(row: Element | CodeSetVersion) -> Light:
    """Whether it holds today. 有效性。"""
    return Light(msg("Valid"), "green") if row.is_valid(today()) else Light(msg("Not valid today"))


def element_url(row: Element) -> str:
    """The element's page. 数据元地址。"""
    return reverse("workbench:element", args=[row.code])


def code_set_url(row: CodeSetVersion) -> str:
    """The code set version's page. 代码集地址。"""
    return reverse("workbench:code_set", args=[row.code_set, row.version])


ELEMENTS = ListSpec(
    "workbench.elements",
    columns=[
        Column("name", msg("Name"), name_of, link=element_url),
        Column("code", msg("Short name"), kind="code"),
        Column("subject", msg("Subject"), subject_of),
        Column("type", msg("Type"), type_of),
        Column("format", msg("Format"), kind="code"),
        Column("code_set", msg("Code set"), kind="code"),
        Column("grade", msg("Grade"), grade_of, kind="light"),
        Column("source_standard", msg("Standard")),
        Column("state", msg("State"), validity_of, kind="light"),
    ],
    filters=[
        Filter("subject", msg("Subject"), choices=list(SUBJECTS.items())),
        Filter("type", msg("Type"), choices=list(TYPES.items())),
        Filter("personal", msg("Personal data only"), kind="flag"),
    ],
    search=["name"],
    search_label=msg("Name, short name or definition"),
    export="elements",
    empty=Empty(msg("No element found"), msg("Try a shorter word, or the Chinese name.")),
)
CODE_SETS = ListSpec(
    "workbench.code_sets",
    columns=[
        Column("name", msg("Name"), name_of, link=code_set_url),
        Column("code_set", msg("Short name"), kind="code"),
        Column("version", msg("Version"), kind="code"),
        Column("size", msg("Codes"), lambda row: len(row.codes), kind="number"),
        Column("source_standard", msg("Standard")),
        Column("valid_from", msg("Valid from"), kind="date"),
        Column("state", msg("State"), validity_of, kind="light"),
    ],
    search=["name"],
    search_label=msg("Name or short name"),
    export="code-sets",
    empty=Empty(msg("No code set found"), msg("Try a shorter word, or the Chinese name.")),
)
CODES = ListSpec(
    "workbench.codes",
    columns=[
        Column("code", msg("Code"), kind="code"),
        Column("name", msg("Name")),
        Column("name_en", msg("English name")),
        Column("parent", msg("Belongs to"), kind="code"),
        Column("valid_from", msg("Valid from"), kind="date"),
        Column("valid_until", msg("Valid until"), kind="date"),
    ],
    search=["name"],
    search_label=msg("Code or name"),
    export="codes",
    empty=Empty(msg("No code found"), msg("Try a shorter word or the first digits.")),
)


@signed_in
@require_safe
def elements(request: HttpRequest) -> HttpResponseBase:
    """All data elements. 数据元列表。"""
    return render_list(
        request,
        ELEMENTS,
        take_elements,
        title=msg("Data elements"),
        template="workbench/elements.html",
        context={"may_import": actor_of(request).may(EDIT_ELEMENTS)},
    )


def take_elements(query: ListQuery) -> ListSlice:
    """A page of elements by short name. 取数据元。"""
    subject, kind = query.filters.get("subject"), query.filters.get("type")
    personal = query.filters.get("personal")
    rows = [
        row
        for row in sorted(services.get_elements().values(), key=lambda row: row.code)
        if (not subject or row.subject == subject)
        and (not kind or row.type == kind)
        and (not personal or row.personal)
        and _holds(query.search, row.code, row.zh, row.en, row.definition, *row.aliases)
    ]
    return _page(rows, query)


@signed_in
@require_safe
def element(request: HttpRequest, code: str) -> HttpResponse:
    """One data element in full. 数据元详情。"""
    found = services.get_element(code)
    facts = [
        (msg("Short name"), found.code),
        (msg("Chinese name"), found.zh),
        (msg("English name"), found.en),
        (msg("Also called"), "、".join(found.aliases)),
        (msg("Subject"), subject_of(found)),
        (msg("Format"), found.format),
        (msg("Unit"), found.unit),
        (msg("Check"), found.check),
        (msg("Mask"), found.mask),
        (msg("Match key"), " → ".join(found.match_key)),
        (msg("Standard"), found.source_standard),
        (msg("Valid from"), found.valid_from),
        (msg("Valid until"), found.valid_until),
    ]
    context = {
        "element": found,
        "name": name_of(found),
        "definition": _definition(found),
        "kind": type_of(found),
        "grade": grade_of(found),
        "state": validity_of(found),
        "facts": [(label, value) for label, value in facts if value],
        "set_url": _set_url(found),
        "usages": services.list_usages(actor_of(request), code),
    }
    return render(request, "workbench/element.html", context)


@signed_in
@require_safe
def code_sets(request: HttpRequest) -> HttpResponseBase:
    """All code sets in all versions. 代码集列表。"""

    def take(query: ListQuery) -> ListSlice:
        rows = [
            row
            for row in services.list_code_sets()
            if _holds(query.search, row.code_set, row.zh, row.en)
        ]
        return _page(rows, query)

    return render_list(
        request,
        CODE_SETS,
        take,
        title=msg("Code sets"),
        template="workbench/code_sets.html",
        context={"may_import": actor_of(request).may(EDIT_ELEMENTS)},
    )


@signed_in
@require_safe
def code_set(request: HttpRequest, code_set: str, version: str) -> HttpResponseBase:
    """One version of a code set with its codes. 代码集详情。"""
    found = _find_version(code_set, version)

    def take(query: ListQuery) -> ListSlice:
        return _page([row for row in found.codes.values() if _matches(query.search, row)], query)

    if request.GET.get("format") == "csv":
        return render_list(request, CODES, take)
    context = {
        "set": found,
        "name": name_of(found),
        "state": validity_of(found),
        "versions": [row for row in services.list_code_sets() if row.code_set == code_set],
        "list": build_list(request, CODES, take),
    }
    return render(request, "workbench/code_set.html", context)


def _find_version(code_set: str, version: str) -> CodeSetVersion:
    for row in services.list_code_sets():
        if (row.code_set, row.version) == (code_set, version):
            return row
    raise NotFound("workbench.code_set.unknown", "There is no such version of a code set")


def _definition(found: Element) -> str:
    in_english = get_language() == "en" and found.definition_en
    return found.definition_en if in_english else found.definition


def _set_url(found: Element) -> str:
    versions = [row for row in services.list_code_sets() if row.code_set == found.code_set]
    valid = [row for row in versions if row.is_valid(today())] or versions
    return code_set_url(valid[0]) if valid else ""


def _matches(search: str, row: Code) -> bool:
    return row.code.startswith(search) or _holds(search, row.name, row.name_en)


def _holds(search: str, *texts: str) -> bool:
    wanted = search.casefold().strip()
    return not wanted or any(wanted in text.casefold() for text in texts)


def _page(rows: list[Element] | list[CodeSetVersion] | list[Code], query: ListQuery) -> ListSlice:
    """A page of what is whole in memory; the key is where the page before ended."""
    start = _start(query)
    shown = rows[start : start + query.limit]
    return ListSlice(shown, [start + query.limit] if len(rows) > start + query.limit else None)


def _start(query: ListQuery) -> int:
    found = query.after[0] if query.after else 0
    return found if isinstance(found, int) and found > 0 else 0
