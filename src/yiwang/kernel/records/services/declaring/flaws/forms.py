"""Whether a form asks for what can be answered. 表单检查。"""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.services.declaring.conditions import compile_over
from yiwang.kernel.records.types import Asked, Bundle, Entity, Form, Grant

from .entities import READABLE
from .words import Flaw, no_entity, no_field, wrong_kind


def check_form(form: Form, bundle: Bundle) -> Iterator[Flaw]:
    """What does not fit in one form. 表单检查。"""
    entity = bundle.entities.get(form.entity)
    if entity is None:
        yield ("entity",), no_entity(form.entity, bundle.entities)
        return
    yield from _fields(form, entity)
    yield from _conditions(form, entity)
    yield from _nobody_fills(form, entity, bundle.grants.get(entity.code, ()))


def _asks(form: Form) -> Iterator[tuple[Path, Asked, bool]]:
    """Every field that is asked for, where, and whether only sometimes."""
    for number, section in enumerate(form.sections):
        for at, one in enumerate(section.asks):
            yield ("sections", number, "fields", at), one, bool(section.when or one.when)


def _fields(form: Form, entity: Entity) -> Iterator[Flaw]:
    seen: set[str] = set()
    for path, one, sometimes in _asks(form):
        field = entity.fields.get(one.key)
        if field is None:
            yield path, no_field(one.key, entity.fields)
            continue
        if one.key in seen:
            yield (
                path,
                InvalidInput("records.form.twice", "%(field)s is asked twice", field=one.key),
            )
        seen.add(one.key)
        if field.computed:
            yield (
                path,
                InvalidInput(
                    "records.form.computed", "%(field)s is worked out, not asked", field=one.key
                ),
            )
        elif field.required and sometimes:
            yield (
                path,
                InvalidInput(
                    "records.form.sometimes",
                    "%(field)s must always be filled in, but is asked only under a condition; "
                    "make it required in the form instead",
                    field=one.key,
                ),
            )


def _conditions(form: Form, entity: Entity) -> Iterator[Flaw]:
    """A condition asks of what stands before it, or is not asked here at all."""
    later = [one.key for _, one, _ in _asks(form)]
    for number, section in enumerate(form.sections):
        path: Path = ("sections", number)
        yield from _condition((*path, "if"), section.when, entity, later)
        for at, one in enumerate(section.asks):
            yield from _condition((*path, "fields", at, "if"), one.when, entity, later)
            later.remove(one.key)


def _condition(path: Path, text: str, entity: Entity, later: list[str]) -> Iterator[Flaw]:
    if not text:
        return
    try:
        names = compile_over(text, entity.fields).names
    except InvalidInput as error:
        yield path, error
        return
    for name in sorted(names):
        if entity.fields[name].kind not in READABLE:
            yield path, wrong_kind(entity.fields[name], READABLE)
        elif name in later or entity.fields[name].computed:
            yield (
                path,
                InvalidInput(
                    "records.form.later",
                    "%(field)s is known only later; a condition asks of what was answered before",
                    field=name,
                ),
            )


def _nobody_fills(form: Form, entity: Entity, grants: tuple[Grant, ...]) -> Iterator[Flaw]:
    writing = [one for one in grants if one.verbs & {"create", "edit"}]
    if not writing:
        yield (
            ("entity",),
            InvalidInput(
                "records.form.nobody", "nobody may create or edit %(entity)s", entity=entity.code
            ),
        )
    for path, one, _ in _asks(form) if writing else ():
        if one.key in entity.fields and not any(_may_write(grant, one.key) for grant in writing):
            yield (
                path,
                InvalidInput("records.form.closed", "nobody may fill in %(field)s", field=one.key),
            )


def _may_write(grant: Grant, key: str) -> bool:
    return key not in grant.hides and (not grant.edits or key in grant.edits)
