"""Whether each field has what its kind needs and nothing else. 字段检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.records.services.declaring.checking import read_default
from yiwang.kernel.records.services.declaring.slips import Slip
from yiwang.kernel.records.types import Entity, Field
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element

from .words import Flaw

LONGEST_LINE = 2_000
_CHOSEN = ("choice", "choices")
_SIMPLE = ("text", "longtext", "integer", "number", "date", "datetime", "boolean", "choice")
KINDS_OF_KEY: Mapping[str, tuple[str, ...]] = {
    "decimals": ("number",),
    "unit": ("integer", "number"),
    "to": ("link",),
    "fields": ("group",),
    "most": ("group", "files", "choices"),
    "longest": ("text", "longtext"),
    "types": ("files",),
    "megabytes": ("files",),
    "choices": _CHOSEN,
    "code_set": _CHOSEN,
    "default": _SIMPLE,
    "element": ("text", "longtext", "integer", "number", "date", "datetime", "choice"),
    "computed": ("text", "longtext", "integer", "number", "date", "boolean"),
}
"""What only fields of some kinds have. 各类型可用的键。"""
NEEDS = {"link": "to", "group": "fields"}
NOT_COMPUTED = ("required", "default", "element", "was")
KINDS_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "longtext"),
    "code": ("text", "choice"),
    "integer": ("integer", "number"),
    "number": ("number",),
    "date": ("date",),
    "datetime": ("datetime",),
}
"""The kinds of fields that hold what an element of a type is. 数据元类型对应的字段类型。"""
_A_DAY = "2026-01-31"


def check_fields(entity: Entity, told: Mapping[str, Any]) -> Iterator[Flaw]:
    """What is wrong with each field, in groups too. 字段检查。"""
    for key, field in entity.fields.items():
        path: Path = ("fields", key)
        yield from _check(field, told[key], path)
        for name, member in field.fields.items():
            yield from _check(member, told[key]["fields"][name], (*path, "fields", name))


def _check(field: Field, told: Mapping[str, Any], path: Path) -> Iterator[Flaw]:
    yield from _keys(field, told, path)
    yield from _codes(field, path)
    element = standards.find_element(field.element) if field.element else None
    if field.element and element is None:
        yield (*path, "element"), _no_element(field.element)
    elif element:
        yield from _with_element(field, element, path)
    if field.kind == "text" and field.longest > LONGEST_LINE:
        yield (
            (*path, "longest"),
            InvalidInput(
                "records.field.longest",
                "a text has at most %(most)s characters; a longtext may have more",
                most=LONGEST_LINE,
            ),
        )
    yield from _default(field, path)


def _keys(field: Field, told: Mapping[str, Any], path: Path) -> Iterator[Flaw]:
    for key in told:
        is_fixed = key == "decimals" and told.get("kind") == "money"
        if is_fixed or field.kind not in KINDS_OF_KEY.get(key, (field.kind,)):
            kind = told.get("kind", field.kind)
            yield (
                (*path, key),
                InvalidInput("records.field.key", "a %(kind)s has no %(key)s", kind=kind, key=key),
            )
        elif field.computed and key in NOT_COMPUTED:
            yield (
                (*path, key),
                InvalidInput("records.computed.key", "what is worked out has no %(key)s", key=key),
            )
    needed = NEEDS.get(field.kind, "")
    if needed and needed not in told:
        yield path, _needs(field.kind, needed)


def _needs(kind: str, key: str) -> InvalidInput:
    return InvalidInput("records.field.needs", "a %(kind)s needs %(key)s", kind=kind, key=key)


def _codes(field: Field, path: Path) -> Iterator[Flaw]:
    if field.kind in _CHOSEN and bool(field.choices) == bool(field.code_set):
        yield path, _needs(field.kind, "choices / code_set")
    if field.code_set and standards.find_code_set(field.code_set, today()) is None:
        known = {one.code_set for one in standards.list_code_sets()}
        yield (
            (*path, "code_set"),
            InvalidInput(
                "records.field.code_set",
                "there is no code set %(code_set)s%(suggestion)s",
                code_set=field.code_set,
                suggestion=suggest(field.code_set, known),
            ),
        )


def _no_element(code: str) -> InvalidInput:
    return InvalidInput(
        "records.element.unknown",
        "there is no data element %(element)s%(suggestion)s",
        element=code,
        suggestion=suggest(code, standards.get_elements()),
    )


def _with_element(field: Field, element: Element, path: Path) -> Iterator[Flaw]:
    kinds = KINDS_OF_TYPE[element.type]
    # A year or a month is a date to the standards, and none to a field of that kind.
    is_partial = field.kind == element.type == "date" and bool(
        standards.check_value(element, _A_DAY)
    )
    if field.kind not in kinds or is_partial:
        yield (
            (*path, "element"),
            InvalidInput(
                "records.element.kind",
                "the data element %(element)s does not fit the kind %(kind)s; fitting: %(kinds)s",
                element=element.code,
                kind=field.kind,
                kinds="—" if is_partial else ", ".join(kinds),
            ),
        )
    if field.code_set and element.code_set and field.code_set != element.code_set:
        yield (
            (*path, "code_set"),
            InvalidInput(
                "records.element.code_set",
                "the data element %(element)s has its codes from %(code_set)s",
                element=element.code,
                code_set=element.code_set,
            ),
        )
    for code, _ in field.choices:
        if standards.check_value(element, code):
            yield (
                (*path, "choices", code),
                InvalidInput(
                    "records.element.choice",
                    "%(choice)s is no value of the data element %(element)s",
                    choice=code,
                    element=element.code,
                ),
            )


def _default(field: Field, path: Path) -> Iterator[Flaw]:
    if field.default and field.kind in _SIMPLE:
        try:
            read_default(field, today())
        except Slip as slip:
            yield (*path, "default"), slip
