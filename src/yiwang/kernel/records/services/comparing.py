"""What publishing a new version of an app's declarations would change, told before. 版本差异。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.records.types import Bundle, Difference, Entity, Field, Step

from .declaring import read_bundle
from .publishing import plan_bundle
from .snapshot import snapshot

CHANGED, GRANTS = msg("Changed"), msg("Who may do what changes")
COLORS = {
    "create": "green", "add": "green", "return": "green", "show": "green",
    "retire": "red", "hide": "red", "retype": "yellow",
}  # fmt: skip


def compare_bundle(actor: Actor, files: Mapping[str, str]) -> list[Difference]:
    """What publishing these files would change against what holds now. 比较版本。

    Holders of `records.publish`. InvalidInput names file and line, Conflict says whose values
    cannot be taken over.
    """
    steps = plan_bundle(actor, files)
    known = snapshot()
    bundle = read_bundle(files, known=known.entities)
    before = known.bundles.get(bundle.app)
    told = [_of_step(one) for one in steps]
    return told + (list(_compare(before, bundle)) if before else [])


def _of_step(step: Step) -> Difference:
    where = f"{step.entity}.{step.field}" if step.field else step.entity
    where += f" ({step.was})" if step.was else ""
    return Difference(step.label, where, COLORS.get(step.kind, ""), step)


def _compare(before: Bundle, after: Bundle) -> Iterator[Difference]:
    """What changes beside the tables: words, checks, forms, views, grants."""
    for code, one in after.entities.items():
        if code in before.entities:
            yield from _compare_entities(before.entities[code], one)
    for part in ("forms", "views", "dashboards"):
        yield from _compare_parts(getattr(before, part), getattr(after, part))
    for code in after.entities:
        if before.grants.get(code) != after.grants.get(code):
            yield Difference(GRANTS, code, "yellow")


def _compare_entities(before: Entity, after: Entity) -> Iterator[Difference]:
    for key, one in after.fields.items():
        stood = before.fields.get(key)
        if stood and _plain(stood) != _plain(one):
            yield Difference(CHANGED, f"{after.code}.{key}")
    if _frame(before) != _frame(after):
        yield Difference(CHANGED, after.code)


def _compare_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for code in sorted(before.keys() | after.keys()):
        if before.get(code) != after.get(code):
            yield Difference(CHANGED, code)


def _plain(field: Field) -> Field:
    """A field without what the steps tell: its kind, and its physical names."""
    inner = {key: _plain(one) for key, one in field.fields.items()}
    return replace(field, column="", was="", kind="text", decimals=0, fields=inner)


def _frame(entity: Entity) -> Entity:
    return replace(entity, fields={}, table="", id=0)
