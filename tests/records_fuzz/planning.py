"""Which rows there are, in a world and in its twin for one reader.

In the twin everything that this reader may not see is different: values under a mask, fields that
do not exist for them, rows out of their sight, of which those nobody points at are not there at
all. What they may see is the same. So whatever they ask, both worlds must answer alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.expressions.services import compile_expression
from yiwang.kernel.records.types import Bundle, Entity

from .inventing import Around, find_bounds, invent
from .model import Model, Sight
from .people import CODES

ROWS_OF_EACH = 16
FIELDS_AT_MOST = 24


@dataclass(frozen=True)
class Row:
    """A row before it is planted; links name other rows by label.

    `before` are values that stood there first and only the history knows now; `is_removed` says
    that only the history knows the row at all.
    """

    entity: str
    label: str
    serial: int
    values: Mapping[str, Any]
    organization: str
    owner: str
    before: Mapping[str, Any] = field(default_factory=dict)
    is_removed: bool = False


def plan_rows(bundles: Iterable[Bundle], owners: list[str], rows: int = ROWS_OF_EACH) -> list[Row]:
    """Rows of every entity, in an order in which links find what they point at."""
    planned: list[Row] = []
    for place, (bundle, entity) in enumerate(_in_order(bundles)):
        bounds = _bounds(bundle, entity)
        for at in range(rows):
            around = Around(_labels(planned), owners, CODES, bounds)
            serial = (place * rows + at) * FIELDS_AT_MOST
            row = _plan_row(entity, at, serial, around, owners)
            if not any(_meets(row, other, entity) for other in planned):
                planned.append(row)
    return planned


def _meets(row: Row, other: Row, entity: Entity) -> bool:
    """Whether two rows cannot stand beside each other: they agree in what is unique together."""
    return row.entity == other.entity and any(
        len(keys) > 1 and all(
            one.get(key) == two.get(key) not in (None, "") for key in keys)
        for keys in entity.unique
        for one in (row.values, row.before) if one
        for two in (other.values, other.before) if two
    )  # fmt: skip


def _plan_row(entity: Entity, at: int, serial: int, around: Around, owners: list[str]) -> Row:
    values = _values(entity, serial, 0, around)
    # The last rows were removed, the ones before were changed once.
    return Row(
        entity=entity.code,
        label=f"{entity.code}#{at}",
        serial=serial,
        values=values,
        organization=CODES[at % len(CODES)],
        owner=owners[(at + at // len(CODES)) % len(owners)],
        before=_values(entity, serial + 12_000, 0, around) if at % 3 == 0 else {},
        is_removed=at % 8 == 7,
    )


def _values(entity: Entity, serial: int, twist: int, around: Around) -> dict[str, Any]:
    found = {
        key: invent(one, serial + place, twist, around)
        for place, (key, one) in enumerate(entity.fields.items())
        if not one.computed
    }
    return found | fit_slots(entity)


def fit_slots(entity: Entity) -> dict[str, Any]:
    """The first slot of a day, once: what is booked has a day of its own in each row."""
    slots = entity.slots
    if slots is None:
        return {}
    first = [
        next(code for code, _ in entity.fields[key].choices) for key in (slots.since, slots.until)
    ]
    return {slots.since: first[0], slots.until: first[1]} | (
        {slots.takes: 1} if slots.takes else {}
    )


def taking(entity: Entity) -> set[str]:
    """Fields that say what is taken: whoever may book sees that, whoever booked it."""
    slots = entity.slots
    if slots is None:
        return set()
    condition = compile_expression(slots.when).names if slots.when else ()
    return {slots.of, slots.day, slots.since, slots.until, slots.takes, *condition} - {""}


def _labels(planned: list[Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in planned:
        if not row.is_removed:
            found.setdefault(row.entity, []).append(row.label)
    return found


def _in_order(bundles: Iterable[Bundle]) -> Iterator[tuple[Bundle, Entity]]:
    """What others link to comes first; of a circle, as declared."""
    waiting = [(bundle, entity) for bundle in bundles for entity in bundle.entities.values()]
    done: set[str] = set()
    while waiting:
        ready = [one for one in waiting if _needs(one[1]) <= done] or waiting[:1]
        yield ready[0]
        done.add(ready[0][1].code)
        waiting.remove(ready[0])


def _needs(entity: Entity) -> set[str]:
    return {one.to for one in entity.fields.values() if one.kind == "link"} - {entity.code}


def _bounds(bundle: Bundle, entity: Entity) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    texts = [one.where for one in bundle.grants.get(entity.code, ())]
    texts += [one.where for one in bundle.views.values() if one.entity == entity.code]
    for text in filter(None, texts):
        for name, values in find_bounds(Model.parse(entity, text)).items():
            found.setdefault(name, []).extend(values)
    return found


def twin_of(planned: list[Row], bundles: Iterable[Bundle], actor: Actor) -> list[Row]:
    """The same rows with all that this reader may not see changed."""
    entities = {code: one for bundle in bundles for code, one in bundle.entities.items()}
    model = Model.of(bundles)
    kept = {row.label for row in planned if model.sight(actor, row) is not None}
    removed = {row.label for row in planned if row.is_removed}
    # A place that is taken is taken in both worlds.
    booked = {row.label for row in planned if entities[row.entity].slots}
    wanted = set(_pointed_at(planned, kept | removed | booked, entities))
    owners = sorted({row.owner for row in planned})
    twins = []
    for row in planned:
        if row.label in wanted:
            entity = entities[row.entity]
            there = [one for one in planned if one.label in wanted]
            around = Around(_labels(there), owners, CODES, {})
            twins.append(_twin(row, entity, model, actor, around))
    return twins


def _pointed_at(
    planned: list[Row], kept: set[str], entities: Mapping[str, Entity]
) -> Iterator[str]:
    """Rows that kept ones link to, and what those link to: they must be there for the keys."""
    by_label = {row.label: row for row in planned}
    waiting = list(kept)
    seen: set[str] = set()
    while waiting:
        label = waiting.pop()
        if label in seen:
            continue
        seen.add(label)
        row = by_label[label]
        fields = entities[row.entity].fields
        told = [values.get(key) for values in (row.values, row.before)
                for key, one in fields.items() if one.kind == "link"]  # fmt: skip
        waiting += [one for one in told if one]
    yield from seen


def _twin(row: Row, entity: Entity, model: Model, actor: Actor, around: Around) -> Row:
    sight = model.sight(actor, row)
    fixed = model.deciding(actor, entity)
    # Where few values are unique together a twin would meet another row.
    unique = taking(entity) | {key for keys in entity.unique if len(keys) > 1 for key in keys
              if entity.fields[key].kind in ("link", "choice")}  # fmt: skip
    other = replace(
        row,
        values=_twisted(row.values, row.serial, entity, sight, around) | _only(row.values, unique),
        before=_twisted(row.before, row.serial + 12_000, entity, sight, around)
        | _only(row.before, unique),
    )
    if model.sight(actor, other) != sight:
        # What decides whether the row is seen stays as it is.
        other = replace(other, values={**other.values, **_only(row.values, fixed)})
    assert model.sight(actor, other) == sight, row.label
    return other


def _only(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: values[key] for key in keys if key in values}


def _twisted(
    values: Mapping[str, Any], serial: int, entity: Entity, sight: Sight | None, around: Around
) -> dict[str, Any]:
    found = dict(values)
    for place, (key, one) in enumerate(entity.fields.items()):
        if key in values and not (sight is not None and key in sight.clear):
            found[key] = _other(one, values[key], serial + place, around, sight, key)
    return found


def _other(one: Any, value: Any, serial: int, around: Around, sight: Sight | None, key: str) -> Any:
    other = invent(one, serial, 1, around)
    if one.kind == "group" and sight is not None and key in sight.fields and value:
        # Only the personal members are under stars.
        personal = {name for name, part in one.fields.items() if part.element}
        return [
            {**mine, **_only(theirs, personal)} for mine, theirs in zip(value, other, strict=True)
        ]
    return other
