"""The catalogue as a sheet in the national guide's columns, out and in. 目录编制指南表格导出与导入。

One row per item, with the fields of its resource in each; a resource without items has one row.
What was exported and comes back unchanged changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.kernel.tabular.lines import (
    ImportPlan,
    Line,
    RowChange,
    RowProblem,
    SheetRow,
    read_lines,
    refuse_problems,
)
from yiwang.nets.share.catalog.models import Item, Resource

from .entries import create_resource, name_codes, update_resource, visible_resources
from .guide_words import HEADINGS, WORDS, example_word, read_word, write_word
from .items import bind_elements
from .permissions import EDIT, READ

FIELDS = (*WORDS, "name", "abstract", "sharing_basis")
PAGE = 500

NO_NAME = msg("A resource needs a name")
NO_OWNER = msg("No organization has this code or name")
NO_CODE = msg("No resource has this code; leave it empty for a new one")
NOT_YOURS = msg("You may not register resources for this organization")
NO_WORD = msg("This word is not known; write for example %(example)s")
NO_ITEM = msg("The data of this resource have no such item")
NO_ELEMENT = msg("There is no data element of this name")
TWO_VALUES = msg("An earlier row of the same resource says something else")


@dataclass(slots=True)
class Entry:
    """All rows of a sheet that speak of one resource. 一个资源的各行。"""

    lines: list[Line]
    owner: str
    known: Resource | None
    items: dict[str, Line] = field(default_factory=dict)

    @property
    def first(self) -> Line:
        """The row that stands for the resource. 首行。"""
        return self.lines[0]


def export_guide(actor: Actor) -> tuple[list[str], Iterator[list[str | None]]]:
    """Headings and rows of every entry the actor may know of. 导出目录。 Holders of `share.resource.read`."""
    actor.require(READ)
    resources = visible_resources(actor).order_by("owner", "code", "id")
    return [names[0] for names in HEADINGS.values()], _write_rows(resources.iterator(PAGE))


def plan_guide(actor: Actor, rows: Sequence[SheetRow]) -> ImportPlan:
    """What a sheet would register and change, and which cells stand against it. 导入预览。"""
    actor.require(EDIT)
    return _plan(_read(actor, rows), actor)


def import_guide(actor: Actor, rows: Sequence[SheetRow]) -> ImportPlan:
    """Take a whole sheet or nothing; the same sheet again changes nothing. 导入目录。

    Resources are known by code, without one by provider and name. A column that is not there
    leaves its values. Holders of `share.resource.edit` for the provider. InvalidInput where a cell
    is wrong; `plan_guide` names them all.
    """
    actor.require(EDIT)
    with transaction.atomic():
        entries = _read(actor, rows)
        plan = _plan(entries, actor)
        refuse_problems(plan)
        changed = {change.row for change in plan.changes if change.action != "keep"}
        on = Ref("share.catalogue", new_id(), "guide")
        with ledger.acting(actor, "share.catalogue.import", on=on) as act:
            act.note(created=plan.count("create"), changed=plan.count("change"))
            for entry in entries:
                if entry.first.row in changed:
                    _take(actor, entry)
    return plan


def _write_rows(resources: Iterable[Resource]) -> Iterator[list[str | None]]:
    for block in in_blocks(resources, PAGE):
        names = name_codes({one.owner for one in block})
        items = _items_of(block)
        for resource in block:
            facts = _facts(resource) | {"owner_name": names[resource.owner]}
            for item in items.get(resource.id, [{}]):
                yield [(facts | item).get(name) or None for name in HEADINGS]


def _items_of(resources: Sequence[Resource]) -> dict[str, list[dict[str, str]]]:
    known = standards.get_elements()
    found = Item.objects.filter(resource__in=resources, gone=False).order_by(
        "resource_id", "position"
    )
    return {
        resource: [
            {
                "item": item.name,
                "item_type": known[item.element].format if item.element in known else "",
                "description": item.description,
                "element": item.element,
            }
            for item in items
        ]
        for resource, items in groupby(found, key=lambda item: item.resource_id)
    }


def _facts(resource: Resource) -> dict[str, str]:
    words = {name: write_word(name, getattr(resource, name)) for name in WORDS}
    plain = {
        name: getattr(resource, name)
        for name in ("code", "name", "owner", "abstract", "sharing_basis")
    }
    day = resource.publish_date.isoformat() if resource.publish_date else ""
    return words | plain | {"publish_date": day}


def _read(actor: Actor, rows: Sequence[SheetRow]) -> list[Entry]:
    """The sheet's rows gathered by resource, in their order. Four queries."""
    lines = read_lines(rows, HEADINGS)
    owners = _owners_of(lines)
    wanted = visible_resources(actor).filter(
        owner__in={one for one in owners.values() if one}
    ) | visible_resources(actor).filter(code__in={line.values.get("code", "") for line in lines})
    resources = list(wanted.distinct())
    by_code = {one.code: one for one in resources}
    by_name = {(one.owner, one.name): one for one in resources}
    entries: dict[tuple[str, ...], Entry] = {}
    entry: Entry | None = None
    for line in lines:
        if entry is None or not _goes_on(line, entry.first):
            code, name = line.values.get("code", ""), line.values["name"]
            known = by_code.get(code) if code else by_name.get((owners[line.row], name))
            owner = owners[line.row] or (known.owner if known else "")
            key = (code,) if code else (owner, name)
            entry = entries.setdefault(key, Entry([], owner, known))
        entry.lines.append(line)
        if line.values.get("item"):
            entry.items.setdefault(line.values["item"], line)
    return list(entries.values())


def _goes_on(line: Line, first: Line) -> bool:
    """Whether a row has nothing of its own but an item, as under merged cells. 合并单元格续行。"""
    own = (line.values.get(name) for name in ("code", "owner", "owner_name"))
    same = line.values["name"] in ("", first.values["name"])
    return same and bool(line.values.get("item")) and not any(own)


def _owners_of(lines: Sequence[Line]) -> dict[int, str]:
    """The organization of each row, by its code or else by its name; empty where unknown."""
    organizations = identity.list_tree()
    codes = {one.code for one in organizations}
    names = {one.name: one.code for one in organizations}
    found = {}
    for line in lines:
        code = line.values.get("owner", "")
        found[line.row] = (
            code
            if code in codes
            else ""
            if code
            else names.get(line.values.get("owner_name", ""), "")
        )
    return found


def _plan(entries: Sequence[Entry], actor: Actor) -> ImportPlan:
    items = _hold_items([one.known.id for one in entries if one.known])
    problems: list[RowProblem] = []
    changes = []
    for entry in entries:
        held = items.get(entry.known.id, {}) if entry.known else {}
        problems += _check(entry, held, actor)
        changes.append(_compare(entry, held))
    return ImportPlan(tuple(changes), tuple(sorted(problems, key=lambda one: one.row)))


def _hold_items(resources: Sequence[str]) -> dict[str, dict[str, Item]]:
    """Items by resource and name, in one query."""
    held: dict[str, dict[str, Item]] = {}
    for item in Item.objects.filter(resource_id__in=resources, gone=False):
        held.setdefault(item.resource_id, {})[item.name] = item
    return held


def _check(entry: Entry, held: Mapping[str, Item], actor: Actor) -> list[RowProblem]:
    line, problems = entry.first, []
    if not line.values["name"]:
        problems.append(line.problem("name", NO_NAME))
    if line.values.get("code") and entry.known is None:
        problems.append(line.problem("code", NO_CODE))
    if not entry.owner:
        problems.append(
            line.problem("owner" if line.values.get("owner") else "owner_name", NO_OWNER)
        )
    elif not actor.may(EDIT, organization=entry.known.owner if entry.known else entry.owner):
        problems.append(line.problem("owner", NOT_YOURS))
    for one in entry.lines:
        problems += _check_words(one)
        problems += _check_same(one, line)
    if entry.known and (entry.known.table or entry.known.kept_by):
        unknown = (one for name, one in entry.items.items() if name not in held)
        problems += [one.problem("item", NO_ITEM) for one in unknown]
    return problems + _check_elements(entry.items.values())


def _check_words(line: Line) -> list[RowProblem]:
    return [
        line.problem(name, NO_WORD, example=example_word(name))
        for name in WORDS
        if name in line.values and _read_field(line, name) is None
    ]


def _check_same(line: Line, first: Line) -> list[RowProblem]:
    """A merged cell leaves later rows empty; another value is a contradiction."""
    return [
        line.problem(name, TWO_VALUES)
        for name in FIELDS
        if line.values.get(name) and line.values[name] != first.values.get(name)
    ]


def _check_elements(lines: Iterable[Line]) -> list[RowProblem]:
    return [
        line.problem("element", NO_ELEMENT)
        for line in lines
        if line.values.get("element") and _element_of(line) is None
    ]


def _element_of(line: Line) -> str | None:
    """The element by its short name or its Chinese name."""
    text = line.values.get("element", "")
    known = standards.get_elements()
    named = (code for code, one in known.items() if one.zh == text)
    return text if text in known else next(named, None)


def _read_field(line: Line, name: str) -> str | None:
    return read_word(name, line.values[name]) if name in WORDS else line.values[name]


def _compare(entry: Entry, held: Mapping[str, Item]) -> RowChange:
    line, known = entry.first, entry.known
    code, name = line.values.get("code", ""), line.values["name"]
    if known is None:
        return RowChange(line.row, code, name, "create")
    differences = {
        line.headings[field]: (_shown(field, getattr(known, field)), _shown(field, wanted))
        for field, wanted in _wanted(line).items()
        if wanted != getattr(known, field)
    }
    for item, one in entry.items.items():
        differences |= _compare_item(item, one, held.get(item))
    return RowChange(line.row, known.code, name, "change" if differences else "keep", differences)


def _compare_item(name: str, line: Line, held: Item | None) -> dict[str, tuple[str, str]]:
    if held is None:
        return {name: ("", name)}
    element = _element_of(line) or ""
    found = {}
    if element and element != held.element:
        found[f"{name} · {line.headings['element']}"] = (held.element, element)
    if "description" in line.values and line.values["description"] != held.description:
        found[f"{name} · {line.headings['description']}"] = (
            held.description,
            line.values["description"],
        )
    return found


def _shown(name: str, value: str) -> str:
    return write_word(name, value) if name in WORDS and value in WORDS[name] else value


def _wanted(line: Line) -> dict[str, str]:
    """The resource's fields as the row has them. What cannot be read was refused before."""
    read = {name: _read_field(line, name) for name in FIELDS if name in line.values}
    return {name: value for name, value in read.items() if value is not None}


def _take(actor: Actor, entry: Entry) -> None:
    fields = _wanted(entry.first)
    if entry.known is None:
        name = fields.pop("name")
        resource = create_resource(actor, owner=entry.owner, name=name, **fields)
    else:
        resource = update_resource(actor, entry.known.id, **fields)
    if not (resource.table or resource.kept_by):
        _plan_items(resource, entry.items)
    _describe(resource, entry.items)
    bound = {name: code for name, line in entry.items.items() if (code := _element_of(line))}
    held = _hold_items([resource.id]).get(resource.id, {})
    changed = {name: code for name, code in bound.items() if held[name].element != code}
    if changed:
        bind_elements(actor, resource.id, changed)


def _plan_items(resource: Resource, lines: Mapping[str, Line]) -> None:
    """Items that a resource without data is going to have; landing confirms or replaces them."""
    known = set(Item.objects.filter(resource=resource).values_list("name", flat=True))
    fresh = [name for name in lines if name not in known]
    Item.objects.bulk_create(
        Item(resource=resource, name=name[:300], position=place)
        for place, name in enumerate(fresh, len(known) + 1)
    )


def _describe(resource: Resource, lines: Mapping[str, Line]) -> None:
    items = Item.objects.filter(resource=resource, name__in=list(lines))
    for item in items:
        item.description = lines[item.name].values.get("description", item.description)[:300]
    Item.objects.bulk_update(items, ["description"])
