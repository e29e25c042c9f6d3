"""The rule files of an app: checked, compared, kept. 应用质量规则文件。"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yiwang.kernel.apps.types import Files, KeptRule, ReadRows
from yiwang.kernel.base.act import SYSTEM, Act
from yiwang.kernel.base.declared import Document, load_schema, read_document
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Between, Compare, Field, Node, Schema
from yiwang.kernel.records.types import Difference, Entity
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.entities.services import EntityResource
from yiwang.nets.share.quality.models import AppRule, RuleRevision
from yiwang.nets.share.quality.types import RuleKind, RuleSpec

from .app_rules import FILTERS
from .declaring import try_rule
from .rule_shapes import Reader
from .trying import count_broken

SCHEMA = load_schema("yiwang.nets.share.quality.schemas", "rules.schema.json")
MOST_RULES = 500
ORDERED = ("<", "<=", ">", ">=")
DAYS, NUMBERS = ("date", "datetime"), ("integer", "number")
ADDED, CHANGED, GONE = (
    msg("Quality rule added"),
    msg("Quality rule changed"),
    msg("Quality rule withdrawn"),
)
"""What becomes of rules at an upgrade. 规则变化。"""


@dataclass(frozen=True, slots=True)
class Told:
    """A rule of a file, in the keys of its entity. 书面规则。"""

    entity: str
    file: str
    rule: RuleSpec
    path: tuple[str | int, ...]
    document: Document

    def refuse(self, setting: str, code: str, message: str, **extra: Any) -> InvalidInput:
        """The error that says where the rule is wrong. 指出错误位置。"""
        return self.document.refuse((*self.path, setting), code, message, **extra)


@dataclass(frozen=True, slots=True)
class FieldReader(Reader):
    """Reads rules that name fields of an entity by their keys. 按字段键读取规则。"""

    app: str = ""
    code: str = ""
    entities: Mapping[str, Entity] | None = None

    def _column(self, name: str, value: Any) -> str:
        if str(value) not in self.columns:
            raise InvalidInput(
                "quality.app_rule.field",
                "%(entity)s has no field %(given)s that a rule can ask%(suggestion)s",
                entity=self.code, given=str(value), suggestion=suggest(str(value), self.columns),
                field=name,
            )  # fmt: skip
        return str(value)

    def _resource(self, name: str, value: Any) -> str:
        """The entity in which a value must stand, whole: of this app, or of another one here."""
        code = str(value) if "." in str(value) else f"{self.app}.{value}"
        if self.entities is not None and code not in self.entities:
            raise InvalidInput(
                "quality.app_rule.entity", "there are no records of %(entity)s%(suggestion)s",
                entity=code, suggestion=suggest(code, self.entities), field=name,
            )  # fmt: skip
        return code


def list_askable(entity: Entity) -> tuple[str, ...]:
    """The fields that are items of its resource; files are none. 可检查字段。"""
    return tuple(key for key, one in entity.fields.items() if one.kind != "files")


def find_problems(app: str, files: Files, entities: Mapping[str, Entity]) -> Iterator[InvalidInput]:
    """All that is wrong with the rule files of an app, each with file and line. 检查规则文件。"""
    told: list[Told] = []
    for name, text in files.items():
        try:
            document = read_document(text, name=name, schema=SCHEMA)
        except InvalidInput as error:
            yield error
            continue
        for one in _read(app, document, entities):
            if isinstance(one, InvalidInput):
                yield one
            else:
                told.append(one)
    yield from _find_doubles(told)
    yield from _find_clashes(told)
    if len(told) > MOST_RULES:
        yield told[MOST_RULES].refuse(
            "code", "quality.app_rule.many", "an app has at most %(most)s rules", most=MOST_RULES
        )
        return
    with pool.engine() as connection:
        for one in told:
            yield from _find_unfit(connection, one, entities)


def _read(
    app: str, document: Document, entities: Mapping[str, Entity]
) -> Iterator[Told | InvalidInput]:
    code = f"{app}.{document.data['entity']}"
    if code not in entities:
        own = [one.partition(".")[2] for one in entities if one.startswith(f"{app}.")]
        yield document.refuse(
            ("entity",), "quality.app_rule.entity", "there are no records of %(entity)s%(suggestion)s",
            entity=code, suggestion=suggest(str(document.data["entity"]), own),
        )  # fmt: skip
        return
    reader = FieldReader(SYSTEM, list_askable(entities[code]), app, code, entities)
    for at, told in enumerate(document.data["rules"]):
        path = ("rules", at)
        try:
            rule = _typed(reader.read(told), told, entities[code])
        except YiwangError as error:
            setting = str(error.extra.get("field", ""))
            yield document.refuse((*path, setting), error.code, error.message, **error.extra)
        else:
            yield Told(code, document.name, rule, path, document)


def _typed(rule: RuleSpec, told: Mapping[str, Any], entity: Entity) -> RuleSpec:
    """The bounds of a day are days, unless the file says otherwise."""
    if rule.kind != RuleKind.RANGE or "type" in told:
        return rule
    is_day = entity.fields[rule.fields[0]].kind in DAYS
    return replace(rule, params={**rule.params, "type": "date"}) if is_day else rule


def _find_doubles(told: Sequence[Told]) -> Iterator[InvalidInput]:
    seen: set[tuple[str, str]] = set()
    for one in told:
        if (one.entity, one.rule.code) in seen:
            yield one.refuse(
                "code", "quality.rule.twice", "There are two rules %(rule)s", rule=one.rule.code
            )
        seen.add((one.entity, one.rule.code))


def _find_clashes(told: Sequence[Told]) -> Iterator[InvalidInput]:
    """Codes under which a person declared a rule of the same resource."""
    ties = EntityResource.objects.filter(code__in={one.entity for one in told})
    resources = {tie.resource_id: tie.code for tie in ties}
    rows = RuleRevision.objects.filter(resource__in=resources).order_by("number")
    taken = {(resources[row.resource], row.code): "kind" in row.content for row in rows}
    for one in told:
        if taken.get((one.entity, one.rule.code)):
            yield one.refuse(
                "code", "quality.app_rule.taken",
                "a rule %(rule)s of %(entity)s was declared by hand; withdraw it, or call this one otherwise",
                rule=one.rule.code, entity=one.entity,
            )  # fmt: skip


def _find_unfit(
    connection: pool.Connection, told: Told, entities: Mapping[str, Entity]
) -> Iterator[InvalidInput]:
    """What reads well and could not be carried out, or would not mean what it says."""
    rule, entity = told.rule, entities[told.entity]
    for name in ("when", *FILTERS):
        text = rule.when if name == "when" else str(rule.params.get(name, ""))
        for key in _find_ordered_numbers(text, entity):
            yield told.refuse(
                name, "quality.app_rule.order",
                "filters compare texts, and %(given)s is a number: ask by a rule of kind range",
                given=key,
            )  # fmt: skip
    if rule.kind == RuleKind.REFERENCE:
        there = entities[str(rule.params["resource"])]
        if rule.params["field"] not in list_askable(there):
            yield told.refuse(
                "item", "quality.app_rule.field",
                "%(entity)s has no field %(given)s that a rule can ask%(suggestion)s",
                entity=there.code, given=rule.params["field"],
                suggestion=suggest(str(rule.params["field"]), list_askable(there)),
            )  # fmt: skip
    try:
        try_rule(connection, list_askable(entity), rule)
    except YiwangError as error:
        setting = "pattern" if rule.kind == RuleKind.PATTERN else "code"
        yield told.refuse(setting, error.code, error.message, **error.extra)


def _find_ordered_numbers(text: str, entity: Entity) -> list[str]:
    """The numbers that a filter puts in an order: as texts, 9 would come after 10."""
    if not text:
        return []
    named = _ordered(query.parse_filter(text, Schema(list_askable(entity))))
    return [key for key in named if entity.fields[key].kind in NUMBERS]


def _ordered(node: Node) -> list[str]:
    """The fields that a filter puts in an order."""
    found: list[str] = []
    if isinstance(node, Between) or (isinstance(node, Compare) and node.operator in ORDERED):
        found += [one.name for one in query.children(node) if isinstance(one, Field)]
    return found + [key for one in query.children(node) for key in _ordered(one)]


def read_rules(app: str, files: Files, entities: Mapping[str, Entity]) -> list[Told]:
    """The rules of files that are well; InvalidInput for the first fault. 读取规则文件。"""
    found: list[Told] = []
    for name, text in files.items():
        for one in _read(app, read_document(text, name=name, schema=SCHEMA), entities):
            if isinstance(one, InvalidInput):
                raise one
            found.append(one)
    return found


def compare(app: str, files: Files, entities: Mapping[str, Entity]) -> Iterator[Difference]:
    """Which rules would come, change and go. 比较规则。"""
    told, standing = _by_name(read_rules(app, files, entities)), _standing(app)
    for name in sorted(told.keys() | standing.keys()):
        where = f"{name[0]}: {name[1]}"
        if name not in standing:
            yield Difference(ADDED, where, "green")
        elif name not in told:
            yield Difference(GONE, where, "red")
        elif standing[name].content != content_of(told[name].rule):
            yield Difference(CHANGED, where, "yellow")


def keep(act: Act, app: str, files: Files, entities: Mapping[str, Entity]) -> None:
    """Make these the rules of an app, in the transaction that installs it. 保存应用规则。

    Whoever may install the app may bring its rules; one that tells what stands in a register of
    others asks for the right to look into that. What a person switched off stays off.
    """
    told, standing = _by_name(read_rules(app, files, entities)), _standing(app)
    _refuse_unseen(act, app, told.values())
    changed = [
        name for name in sorted(told.keys() | standing.keys())
        if name not in told or name not in standing
        or standing[name].content != content_of(told[name].rule)
    ]  # fmt: skip
    AppRule.objects.filter(app=app).delete()
    AppRule.objects.bulk_create(
        [
            AppRule(
                entity=one.entity, code=one.rule.code, app=app, file=one.file,
                content=content_of(one.rule),
            )
            for one in told.values()
        ]
    )  # fmt: skip
    _tell(act, changed)


def _by_name(told: Sequence[Told]) -> dict[tuple[str, str], Told]:
    return {(one.entity, one.rule.code): one for one in told}


def _standing(app: str) -> dict[tuple[str, str], AppRule]:
    return {(row.entity, row.code): row for row in AppRule.objects.filter(app=app)}


def content_of(rule: RuleSpec) -> dict[str, Any]:
    """A rule as it is kept: what its file and its app are called stands beside it. 规则内容。"""
    found = {name: value for name, value in rule.as_json().items() if name not in ("app", "file")}
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def _refuse_unseen(act: Act, app: str, told: Iterable[Told]) -> None:
    """A rule that refers to a register tells what stands in it. 对照权限。"""
    codes = {str(one.rule.params.get("resource", "")) for one in told}
    others = [code for code in codes if code and code.partition(".")[0] != app]
    ties = EntityResource.objects.filter(code__in=others).select_related("resource")
    for tie in ties:
        act.actor.require(LOOK, organization=tie.owner)


def _tell(act: Act, changed: Sequence[tuple[str, str]]) -> None:
    """The ledger of each resource knows of it, and its newest version is checked anew. 登记变更。"""
    codes: dict[str, list[str]] = {}
    for entity, code in changed:
        codes.setdefault(entity, []).append(code)
    for tie in EntityResource.objects.filter(code__in=codes).select_related("resource"):
        with ledger.acting(
            act.actor, "share.quality.declare", on=catalog.ref_of(tie.resource), reason=act.reason
        ) as inner:
            inner.note(app=tie.app, rules=codes[tie.code])
            for code in codes[tie.code]:
                payload = {"resource": tie.resource_id, "rule": code}
                events.announce(inner, "share.quality.ruled", payload)


def count_found(
    app: str,
    files: Files,
    entities: Mapping[str, Entity],
    named: tuple[str, str],
    read: ReadRows,
) -> int:
    """How many rows break a rule, whatever stands in the pool; NotFound. 违反规则的行数。"""
    told = _by_name(read_rules(app, files, entities)).get(named)
    if told is None:
        raise NotFound("quality.rule.missing", "There is no rule %(rule)s", rule=": ".join(named))
    keys = list_askable(entities[told.entity])
    listed: list[str | None] = []
    if told.rule.kind == RuleKind.REFERENCE:
        there = str(told.rule.params["resource"])
        listed = [value for _, value in read(there, [str(told.rule.params["field"])])]
    rows = {at: row[1:] for at, row in enumerate(read(told.entity, keys))}
    return count_broken(told.rule, keys, rows, listed)


def list_kept(app: str) -> list[KeptRule]:
    """The rules of an app as they stand, by file. 现行规则。"""
    rows = AppRule.objects.filter(app=app).order_by("file", "id")
    return [
        KeptRule(
            row.entity, row.code,
            {"zh": row.content["title_zh"], "en": row.content["title_en"]}, row.file,
        )
        for row in rows
    ]  # fmt: skip
