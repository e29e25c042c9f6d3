"""From files to what they declare; nothing is checked here. 构造声明。

Every part takes what the files say and lets pass what they leave out, so that what was published
under an older schema can always be read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yiwang.kernel.base.declared import Document
from yiwang.kernel.records.types import (
    Asked,
    Bundle,
    Entity,
    Entry,
    Field,
    Form,
    Grant,
    Known,
    Retention,
    Section,
    Slots,
    Texts,
    View,
    clock_of,
    minute_of,
)

from .conditions import in_keys
from .dashboards import build_dashboard
from .files import Sources

MONEY_PLACES = 2


def build(sources: Sources, version: int = 0) -> Bundle:
    """The bundle that files declare. 构造声明包。"""
    head = sources.app.data if sources.app else {}
    app = head["app"]
    entities = {
        f"{app}.{code}": _entity(app, one.data) for code, one in sorted(sources.entity.items())
    }
    return Bundle(
        app=app,
        title=head["title"],
        owner=head["owner"],
        entities=entities,
        forms={
            f"{app}.{code}": _form(app, one.data, entities) for code, one in sources.form.items()
        },
        views={
            f"{app}.{code}": _view(app, one.data, entities) for code, one in sources.view.items()
        },
        dashboards={
            f"{app}.{code}": build_dashboard(app, one.data)
            for code, one in sources.dashboard.items()
        },
        grants=_grants(app, sources.permissions, entities),
        version=version,
    )


def code_of(app: str, code: str) -> str:
    """The full code of what an app calls by a short one. 完整编码。"""
    return code if "." in code else f"{app}.{code}"


def _entity(app: str, told: Mapping[str, Any]) -> Entity:
    retention = told.get("retention")
    fields = {key: _field(app, key, one) for key, one in told["fields"].items()}
    slots = _slots(told["slots"], fields) if "slots" in told else None
    fields |= _times(slots, fields) if slots else {}
    return Entity(
        code=code_of(app, told["entity"]),
        title=told["title"],
        fields={key: _with_keys(one, fields) for key, one in fields.items()},
        titled_by=told["titled_by"],
        key=tuple(told.get("key", ())),
        unique=tuple(tuple(one) for one in told.get("unique", ())),
        search=tuple(told.get("search", ())),
        grade=told.get("grade", 0),
        retention=Retention(retention["years"], retention.get("since", "")) if retention else None,
        entry=_entry(told.get("catalogue", {})),
        slots=slots,
        help=told.get("help", {}),
        texts=_texts(app, told["texts"]) if "texts" in told else None,
    )


def _texts(app: str, told: Mapping[str, Any]) -> Texts:
    return Texts(
        of=tuple(told["of"]),
        to=told.get("to", ""),
        tree=code_of(app, told["tree"]) if "tree" in told else "",
        levels=tuple(told.get("levels", ())),
        least=told.get("least", 0.5),
        at=told.get("at", ""),
        place=told.get("place", ""),
    )


def _slots(told: Mapping[str, Any], fields: Mapping[str, Field]) -> Slots:
    places = told.get("places", 1)
    hours = [told["open"]] if isinstance(told["open"], str) else told["open"]
    return Slots(
        of=told["of"],
        day=told["day"],
        since=told["from"],
        until=told["until"],
        every=told["every"],
        open=tuple(_stretch(one) for one in hours),
        places=places if isinstance(places, str) else "",
        number=0 if isinstance(places, str) else places,
        takes=told.get("takes", ""),
        when=in_keys(told.get("if", ""), fields),
    )


def _stretch(text: str) -> tuple[int, int]:
    begin, _, end = text.partition("-")
    return minute_of(begin), minute_of(end)


def _times(slots: Slots, fields: Mapping[str, Field]) -> dict[str, Field]:
    """The two fields that name a slot choose among those of the day. 起止时刻选项。"""
    stretches = list(slots.stretches())
    told = {
        slots.since: [begin for begin, _ in stretches],
        slots.until: [end for _, end in stretches],
    }
    return {
        key: replace(fields[key], kind="choice", choices=tuple(_time(one) for one in minutes))
        for key, minutes in told.items()
        if key in fields
    }


def _time(minute: int) -> tuple[str, Mapping[str, str]]:
    text = clock_of(minute)
    return text, {"zh": text, "en": text}


def _entry(told: Mapping[str, Any]) -> Entry:
    said = {"catalogue_class" if key == "class" else key: value for key, value in told.items()}
    return Entry(**said)


def _field(app: str, key: str, told: Mapping[str, Any]) -> Field:
    kind: Any = told.get("kind") or (
        "choice" if "choices" in told or "code_set" in told else "text"
    )
    is_money = kind == "money"
    return Field(
        key=key,
        label=told["label"],
        kind="number" if is_money else kind,
        element=told.get("element", ""),
        required=told.get("required", False),
        choices=tuple(told.get("choices", {}).items()),
        code_set=told.get("code_set", ""),
        decimals=MONEY_PLACES if is_money else told.get("decimals", 0),
        unit=told.get("unit", {}),
        to=code_of(app, told["to"]) if "to" in told else "",
        fields={name: _field(app, name, one) for name, one in told.get("fields", {}).items()},
        most=told.get("most", 0),
        longest=told.get("longest", 0),
        types=tuple(told.get("types", ())),
        megabytes=told.get("megabytes", 10),
        computed=told.get("computed", ""),
        default=_as_text(told.get("default", "")),
        help=told.get("help", {}),
        was=told.get("was", ""),
        grade=told.get("grade", 0),
        again=told.get("again", ""),
        personal=told.get("personal", ""),
        known=_known(app, told["known"]) if "known" in told else None,
    )


def _known(app: str, told: Mapping[str, Any]) -> Known:
    return Known(code_of(app, told["entity"]), told["field"], tuple(told["match"].items()))


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_keys(field: Field, fields: Mapping[str, Field]) -> Field:
    return replace(field, computed=in_keys(field.computed, fields)) if field.computed else field


def _form(app: str, told: Mapping[str, Any], entities: Mapping[str, Entity]) -> Form:
    entity = entities.get(code_of(app, told["entity"]))
    fields = entity.fields if entity else {}
    return Form(
        code=code_of(app, told["form"]),
        entity=code_of(app, told["entity"]),
        title=told["title"],
        sections=tuple(_section(one, fields) for one in told["sections"]),
        style=told.get("style", "sections"),
        help=told.get("help", {}),
    )


def _section(told: Mapping[str, Any], fields: Mapping[str, Field]) -> Section:
    return Section(
        title=told["title"],
        asks=tuple(_asked(one, fields) for one in told["fields"]),
        when=in_keys(told.get("if", ""), fields),
        help=told.get("help", {}),
    )


def _asked(told: str | Mapping[str, Any], fields: Mapping[str, Field]) -> Asked:
    if isinstance(told, str):
        return Asked(told)
    return Asked(told["field"], in_keys(told.get("if", ""), fields), told.get("required", False))


def _view(app: str, told: Mapping[str, Any], entities: Mapping[str, Entity]) -> View:
    entity = entities.get(code_of(app, told["entity"]))
    # What is free on a day is asked by that day, as a calendar is by where it begins.
    day = entity.slots.day if entity and entity.slots and told.get("kind") == "slots" else ""
    return View(
        code=code_of(app, told["view"]),
        entity=code_of(app, told["entity"]),
        title=told["title"],
        kind=told.get("kind", "list"),
        columns=tuple(told.get("columns", ())),
        filters=tuple(told.get("filters", ())),
        order=tuple(told.get("order", ())),
        where=told.get("where", ""),
        by=told.get("by", ""),
        since=told.get("since", day),
        until=told.get("until", ""),
        at=told.get("at", ""),
        help=told.get("help", {}),
    )


def _grants(
    app: str, document: Document | None, entities: Mapping[str, Entity]
) -> dict[str, tuple[Grant, ...]]:
    told = document.data["permissions"] if document else ()
    return {
        code: tuple(_grant(one, entity) for one in told if code in entities_of(app, one, entities))
        for code, entity in entities.items()
    }


def entities_of(app: str, told: Mapping[str, Any], entities: Mapping[str, Entity]) -> list[str]:
    """The full codes that a permission is about: those it names, else all of the app. 授权对象。"""
    return [code_of(app, one) for one in told["on"]] if "on" in told else list(entities)


def _grant(told: Mapping[str, Any], entity: Entity) -> Grant:
    """What is granted on one entity: where none is named, fields count for those that have them."""
    return Grant(
        roles=frozenset(told["roles"]),
        verbs=frozenset(told["may"]),
        rows=told.get("rows", "own"),
        where=told.get("where", ""),
        hides=frozenset(told.get("hide", ())) & entity.fields.keys(),
        clear=frozenset(told.get("clear", ())) & entity.fields.keys(),
        edits=frozenset(told.get("edits", ())),
    )
