"""Everything that can be sent to change records, by every door, in one list.

Each ask changes something that the reader may not change, or might. What may be written the model
says a second time (`may_write`, `may_make`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from yiwang.kernel.records.types import Entity, Field

from .asking import Ask
from .inventing import Around, invent
from .people import CODES
from .planning import Row, fit_slots
from .sheets import Packed, Upload
from .spelling import as_text, risky
from .world import DRAFT

if TYPE_CHECKING:
    from .hunting import Hunt

FRESH = 31_000


def ways_of(hunt: Hunt, entity: Entity) -> list[Row]:
    """A row of each way in which the reader sees rows of an entity, the unseen among them."""
    found: dict[object, Row] = {}
    for row in hunt.city.planned:
        if row.entity == entity.code:
            found.setdefault((row.is_removed, hunt.model.sight(hunt.actor, row)), row)
    return list(found.values())


def all_ways(hunt: Hunt) -> list[Row]:
    """Such rows of every entity."""
    return [row for entity in hunt.model.entities.values() for row in ways_of(hunt, entity)]


def ask_writes(hunt: Hunt) -> Iterator[Ask]:
    """All of it."""
    yield from ask_edits(hunt)
    yield from ask_endings(hunt)
    yield from ask_made(hunt)
    yield from ask_forms(hunt)
    yield from ask_sheets(hunt)
    yield from ask_drafts(hunt)
    yield from ask_small(hunt)


def ask_edits(hunt: Hunt) -> Iterator[Ask]:
    """Each field of each row, by API."""
    for row in all_ways(hunt):
        told = [*fresh(hunt, row.entity).items(), *unseen(hunt, row.entity).items()]
        for key, value in told:
            yield Ask(_address(row), method="PATCH", body={key: value}, headers=_rev(row),
                      kind="write api edit")  # fmt: skip


def ask_endings(hunt: Hunt) -> Iterator[Ask]:
    """Removing each row, restoring it."""
    for row in all_ways(hunt):
        if not _is_held(hunt, row):
            yield Ask(_address(row), (("reason", "x"),), method="DELETE", headers=_rev(row),
                      kind="write api remove")  # fmt: skip
        yield Ask(f"{_address(row)}restore", method="POST", body={"reason": "x"},
                  kind="write api restore")  # fmt: skip


def ask_made(hunt: Hunt) -> Iterator[Ask]:
    """New rows by API: one whole, one for each field beside what is required; many at once."""
    for code, entity in hunt.model.entities.items():
        values = fresh(hunt, code)
        base = f"/api/v1/records/{code}/"
        needed = {key: values[key] for key, one in entity.fields.items() if one.required}
        singly = [*values.items(), *unseen(hunt, code).items()]
        for told in (values, *({**needed, key: value} for key, value in singly)):
            yield Ask(base, method="POST", body=told, kind="write api create")
        for told in (values, needed):
            body = {"rows": [told], "reason": "to be tested"}
            yield Ask(f"{base}batch", method="POST", body=body, kind="write api batch")


def ask_forms(hunt: Hunt) -> Iterator[Ask]:
    """Every form, opened and sent with every answer, the ones it does not ask for too."""
    for entity in hunt.model.entities.values():
        path = f"/records/{entity.code}/"
        forms = ["all", *(one.code for bundle in hunt.city.bundles
                          for one in bundle.forms.values() if one.entity == entity.code)]  # fmt: skip
        told = fresh(hunt, entity.code)
        for form in forms:
            for do in ("submit", "save", "continue"):
                yield _form(f"{path}new/", entity, told, form=form, do=do, kind="write form new")
            for key, value in unseen(hunt, entity.code).items():
                yield _form(f"{path}new/", entity, {**told, key: value}, form=form,
                            kind="write form new")  # fmt: skip
        for at, row in enumerate(ways_of(hunt, entity)):
            edit = f"{path}⟦{row.label}⟧/edit/"
            closed = {key: value for key, value in told.items() if not may_write(hunt, row, key)}
            yield _form(edit, entity, closed, kind="write form edit")
            yield _form(edit, entity, told, do="save", kind="write form edit")
            yield _form(
                edit, entity, _only(told, told.keys() - closed.keys()), kind="write form edit"
            )
            singly = told if at == 0 else closed if may(hunt, row, "edit") else {}
            for key, value in [*singly.items(), *unseen(hunt, entity.code).items()]:
                yield _form(edit, entity, {key: value}, kind="write form edit")


def _form(
    path: str, entity: Entity, told: Mapping[str, Any], *, form: str = "all", do: str = "submit",
    kind: str,
) -> Ask:  # fmt: skip
    sent: dict[str, Any] = {"on": list(told), "do": do}
    for key, value in told.items():
        sent |= _answers(f"a-{key}", entity.fields[key], value)
    return Ask(path, (("form", form),), method="POST", form=sent, kind=kind, walks=True)


def _answers(name: str, field: Field, value: Any) -> dict[str, Any]:
    """An answer as its question sends it."""
    if field.kind == "group":
        rows = {f"{name}-row": [str(at) for at in range(len(value))]}
        for at, row in enumerate(value):
            for key, one in row.items():
                rows |= _answers(f"{name}-{at}-{key}", field.fields[key], one)
        return rows
    if field.kind == "files":
        return {name: Upload("paper.pdf", "%PDF-1.7\na paper"), f"{name}-kept": ["x"]}
    if field.kind == "boolean":
        return {name: "yes" if value else "no"}
    return {name: value if field.kind == "choices" else str(value)}


def ask_sheets(hunt: Hunt) -> Iterator[Ask]:
    """Sheets that change rows, seen and unseen, and add some: what would be, and the deed."""
    for entity in hunt.model.entities.values():
        path = f"/records/{entity.code}/import/"
        told = {key: as_cell(value) for key, value in fresh(hunt, entity.code).items()
                if entity.fields[key].kind not in ("group", "files")}  # fmt: skip
        sheets = [told]
        for at, row in enumerate(ways_of(hunt, entity)):
            own = {"_id": f"⟦{row.label}⟧"}
            closed = {key: one for key, one in told.items() if not may_write(hunt, row, key)}
            sheets += [
                {**own, **_only(told, part)} for part in (told, closed, told.keys() - closed.keys())
            ]
            sheets += [{**own, key: one} for key, one in closed.items() if at < 2]
            sheets += [{**own, key: one} for key, one in unseen(hunt, entity.code).items()]
        for sheet in sheets:
            about = {"how": "update", "reason": "to be tested"}
            lines = ",".join(sheet), ",".join(f'"{one}"' for one in sheet.values())
            yield Ask(path, method="POST", kind="write import preview",
                      form={**about, "file": Upload("rows.csv", "\n".join(lines))})  # fmt: skip
            yield Ask(path, method="POST", kind="write import",
                      form={**about, "rows": Packed((tuple(sheet.items()),))})  # fmt: skip


def ask_drafts(hunt: Hunt) -> Iterator[Ask]:
    """A draft of somebody else's: gone on with, handed in, dropped."""
    draft = f"⟦{DRAFT}⟧"
    for entity in hunt.model.entities.values():
        path = f"/records/{entity.code}/new/"
        told = {"draft": draft, "do": "save"}
        yield Ask(path, method="POST", form=told, kind="write draft")
        yield Ask(path, (("form", "all"), ("draft", draft)), method="POST", form=told, walks=True,
                  kind="write draft")  # fmt: skip
        for step in ("1", "check"):
            yield Ask(f"{path}{draft}/{step}/", method="POST", form=told, kind="write draft")
        for row in ways_of(hunt, entity)[:2]:
            yield Ask(f"/records/{entity.code}/⟦{row.label}⟧/edit/", (("draft", draft),),
                      method="POST", form=told, walks=True, kind="write draft")  # fmt: skip
    yield Ask(f"/records/drafts/{draft}/drop/", method="POST", form={}, kind="write draft")


def ask_small(hunt: Hunt) -> Iterator[Ask]:
    """The small forms of a record: removing, restoring, moving a card, showing a value whole."""
    views = [one for bundle in hunt.city.bundles for one in bundle.views.values()]
    for entity in hunt.model.entities.values():
        boards = [one.code for one in views if one.entity == entity.code and one.kind == "board"]
        for row in ways_of(hunt, entity):
            path = f"/records/{entity.code}/⟦{row.label}⟧/"
            rev = {"rev": _rev(row)[0][1].strip('"'), "reason": "to be tested"}
            if not _is_held(hunt, row):
                yield Ask(f"{path}remove/", method="POST", form=rev, kind="write page remove")
            yield Ask(f"{path}history/", method="POST", form=rev, kind="write page restore")
            for view in boards or [""]:
                yield Ask(f"{path}move/", (("view", view),), method="POST",
                          form={**rev, "to": "public"}, kind="write page move")  # fmt: skip
            for key in risky(hunt.model, hunt.actor, entity)[:4]:
                if may_reveal(hunt, row, key):
                    continue
                yield Ask(f"{path}reveal/{key}/", method="POST", form={"purpose": "to be tested"},
                          kind="write page reveal")  # fmt: skip
                yield Ask(f"{_address(row)}reveal", method="POST", kind="write api reveal",
                          body={"field": key, "purpose": "to be tested"})  # fmt: skip


def unseen(hunt: Hunt, code: str) -> dict[str, Any]:
    """For each link a row out of sight."""
    links = {key: one.to for key, one in hunt.model.entities[code].fields.items() if one.to}
    found = {key: _rows_to(hunt, to, seen=False)[:1] for key, to in links.items()}
    return {key: labels[0] for key, labels in found.items() if labels}


def fresh(hunt: Hunt, code: str) -> dict[str, Any]:
    """A value for each field that stands nowhere yet; links lead to a row in sight, or there is none."""
    around = Around({}, [hunt.actor.id], CODES, {})
    found: dict[str, Any] = {}
    for place, (key, one) in enumerate(hunt.model.entities[code].fields.items()):
        if one.kind == "link":
            found |= {key: label for label in _rows_to(hunt, one.to, seen=True)[:1]}  # noqa: B035
        elif one.kind == "files":
            found[key] = None
        elif not one.computed:
            found[key] = as_sent(invent(one, FRESH + place, 0, around))
    return found | fit_slots(hunt.model.entities[code])


def _rows_to(hunt: Hunt, code: str, *, seen: bool) -> list[str]:
    rows = [row for row in hunt.city.planned if row.entity == code and not row.is_removed]
    return [f"⟦{row.label}⟧" for row in rows
            if (hunt.model.sight(hunt.actor, row) is not None) == seen]  # fmt: skip


def as_sent(value: Any) -> Any:
    """A value as JSON says it."""
    match value:
        case bool() | int() | str() | None:
            return value
        case list():
            return [as_sent(one) for one in value]
        case dict():
            return {key: as_sent(one) for key, one in value.items()}
    return as_text(value).replace(" ", "T", 1)


def as_cell(value: Any) -> str:
    """A value as a sheet says it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


def may_write(hunt: Hunt, row: Row, key: str) -> bool:
    """Whether the grants let the reader change this field of this row."""
    entity = hunt.model.entities[row.entity]
    if hunt.model.sight(hunt.actor, row) is None or row.is_removed or entity.fields[key].computed:
        return False
    return any(
        hunt.model.lets(one, entity, key, "edit")
        for one in hunt.model.held(hunt.actor, row.entity)
        if hunt.model.covers(one, hunt.actor, row)
    )


def may_make(hunt: Hunt, row: Row) -> bool:
    """Whether the grants let the reader make such a row: it is theirs, and each field is open."""
    entity = hunt.model.entities[row.entity]
    for verb in ("create", "import"):
        held = [one for one in hunt.model.held(hunt.actor, row.entity) if verb in one.verbs]
        open_to = {key for one in held for key in row.values
                   if hunt.model.lets(one, entity, key, verb)}  # fmt: skip
        if row.values.keys() <= open_to and any(
            hunt.model.covers(one, hunt.actor, row) for one in held
        ):
            return True
    return False


def may(hunt: Hunt, row: Row, verb: str) -> bool:
    """Whether the grants let the reader do this with the row."""
    sight = hunt.model.sight(hunt.actor, row)
    return sight is not None and verb in sight.verbs


def may_reveal(hunt: Hunt, row: Row, key: str) -> bool:
    """Whether the reader may have this value shown whole."""
    sight = hunt.model.sight(hunt.actor, row)
    return sight is not None and "reveal" in sight.verbs and key in sight.fields


def _only(told: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: told[key] for key in told if key in keys}


def _is_held(hunt: Hunt, row: Row) -> bool:
    """Whether who may remove a row hears that others point at it: that cannot be hidden."""
    links = (value for one in hunt.city.planned for value in one.values.values())
    return may(hunt, row, "remove") and row.label in links


def _address(row: Row) -> str:
    return f"/api/v1/records/{row.entity}/⟦{row.label}⟧/"


def _rev(row: Row) -> tuple[tuple[str, str], ...]:
    return (("If-Match", f'"{2 if row.before else 1}"'),)


def named(rows: Iterable[Row]) -> dict[str, Row]:
    """Rows by label."""
    return {row.label: row for row in rows}
