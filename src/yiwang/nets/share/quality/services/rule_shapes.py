"""What a declared rule may say, and reading it from what a person wrote. 声明式规则。

A rule is written flat: `{code, kind, field or fields, when, severity, dimension, title}` and the
settings of its kind. Every refusal names the setting, so that a form puts it beside the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Schema
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec, Severity

CODE = re.compile(r"[\w.+-]{1,80}")
COMMON = ("code", "kind", "field", "fields", "when", "severity", "dimension", "title")
LONGEST = 2_000
MOST_DAYS = 36_501


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind of rule asks for: its dimension, fields, settings needed and possible. 规则形态。"""

    dimension: Dimension
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    many: bool = False
    says_fields: bool = True


SHAPES: Mapping[RuleKind, Shape] = {
    RuleKind.REQUIRED: Shape(Dimension.COMPLETENESS),
    RuleKind.UNIQUE: Shape(Dimension.ACCURACY, many=True),
    RuleKind.CODE: Shape(Dimension.CONFORMITY, ("code_set",), ("on",)),
    RuleKind.FORMAT: Shape(Dimension.CONFORMITY, ("element",)),
    RuleKind.CHECK: Shape(Dimension.ACCURACY, ("element",)),
    RuleKind.TYPED: Shape(Dimension.CONFORMITY, ("type",)),
    RuleKind.RANGE: Shape(Dimension.ACCURACY, (), ("min", "max", "type")),
    RuleKind.LENGTH: Shape(Dimension.CONFORMITY, (), ("min", "max")),
    RuleKind.PATTERN: Shape(Dimension.CONFORMITY, ("pattern",)),
    RuleKind.COMPARE: Shape(Dimension.CONSISTENCY, ("holds",), says_fields=False),
    RuleKind.CONDITION: Shape(Dimension.CONSISTENCY, ("given", "then"), says_fields=False),
    RuleKind.REFERENCE: Shape(Dimension.CONSISTENCY, ("resource", "item")),
    RuleKind.FRESH: Shape(Dimension.TIMELINESS, ("days",)),
}
TITLES: Mapping[RuleKind, tuple[str, str]] = {
    RuleKind.REQUIRED: ("{fields}不得为空", "{fields} must hold a value"),
    RuleKind.UNIQUE: ("{fields}不得重复", "{fields} must not repeat"),
    RuleKind.CODE: ("{fields}须在代码集 {code_set} 内", "{fields} must be in {code_set}"),
    RuleKind.FORMAT: ("{fields}须符合 {element} 的格式", "{fields} must have the form of {element}"),
    RuleKind.CHECK: ("{fields}校验码须正确", "the check digit of {fields} must hold"),
    RuleKind.TYPED: ("{fields}须能读作 {type}", "{fields} must be readable as {type}"),
    RuleKind.RANGE: ("{fields}须在 {min} 至 {max} 之间", "{fields} must lie from {min} to {max}"),
    RuleKind.LENGTH: ("{fields}长度须为 {min} 至 {max}", "{fields} must have {min} to {max} characters"),
    RuleKind.PATTERN: ("{fields}须符合样式 {pattern}", "{fields} must match {pattern}"),
    RuleKind.COMPARE: ("须满足：{holds}", "must hold: {holds}"),
    RuleKind.CONDITION: ("若 {given}，则 {then}", "where {given}, also {then}"),
    RuleKind.REFERENCE: ("{fields}须在另一资源的 {item} 中", "{fields} must stand in {item} of the other register"),
    RuleKind.FRESH: ("{fields}须在最近 {days} 天内", "{fields} must be of the last {days} days"),
}  # fmt: skip


READ_AS = {
    "on": "column", "min": "bound", "max": "bound", "holds": "filter",
    "given": "filter", "then": "filter", "code_set": "code_set", "element": "element",
    "type": "type", "days": "days", "resource": "resource",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rules for one resource: its columns, and who writes them. 规则读取。"""

    actor: Actor
    columns: tuple[str, ...]

    def read(self, told: Mapping[str, Any]) -> RuleSpec:
        """The rule that was written; InvalidInput `quality.rule.*` names the setting. 读取规则。"""
        kind = RuleKind(_choice(told, "kind", RuleKind, ""))
        shape = SHAPES[kind]
        self._refuse_unknown(told, shape)
        params = {name: self._param(name, told[name]) for name in _given(told, shape)}
        self._refuse_missing(params, kind, shape)
        when = self._filter("when", str(told.get("when") or ""))
        rule = RuleSpec(
            code=_code(told),
            kind=kind,
            dimension=Dimension(_choice(told, "dimension", Dimension, shape.dimension)),
            fields=self._fields(told, shape, params),
            params=_stored(params),
            when=when,
            severity=Severity(_choice(told, "severity", Severity, Severity.ERROR)),
            element=str(params.get("element", "")),
        )
        return _with_title(rule, told.get("title"), params)

    def _refuse_unknown(self, told: Mapping[str, Any], shape: Shape) -> None:
        known = {*COMMON, *shape.needs, *shape.may}
        unknown = sorted(str(name) for name in told if name not in known)
        if unknown:
            _refuse("unknown", unknown[0], msg("A rule of this kind has no %(field)s"))

    def _refuse_missing(self, params: Mapping[str, Any], kind: RuleKind, shape: Shape) -> None:
        missing = next((name for name in shape.needs if name not in params), "")
        if kind in (RuleKind.RANGE, RuleKind.LENGTH) and not {"min", "max"} & set(params):
            missing = "min"
        if missing:
            _refuse("missing", missing, msg("Say %(field)s"))

    def _fields(
        self, told: Mapping[str, Any], shape: Shape, params: Mapping[str, Any]
    ) -> tuple[str, ...]:
        if not shape.says_fields:
            texts = (params[name] for name in shape.needs)
            used = [name for text in texts for name in self._used(text)]
            return tuple(dict.fromkeys(used))
        named = told.get("fields") or told.get("field") or ()
        found = (named,) if isinstance(named, str) else tuple(str(one) for one in named)
        if not found or (len(found) > 1 and not shape.many):
            _refuse("fields", "field", msg("Say which column, one only for this kind of rule"))
        for name in found:
            self._column("field", name)
        return found

    def _used(self, text: str) -> list[str]:
        return query.list_fields(query.parse_filter(text, Schema(self.columns)))

    def _param(self, name: str, value: Any) -> Any:
        return getattr(self, f"_{READ_AS.get(name, 'text')}")(name, value)

    def _text(self, name: str, value: Any) -> str:
        text = str(value)
        if len(text) > LONGEST:
            _refuse("long", name, msg("%(field)s is too long"))
        return text

    def _column(self, name: str, value: Any) -> str:
        if str(value) not in self.columns:
            raise InvalidInput(
                "quality.rule.no_column",
                "The register has no column %(column)s",
                column=str(value),
                field=name,
            )
        return str(value)

    def _filter(self, name: str, value: Any) -> str:
        text = self._text(name, value).strip()
        try:
            if text:
                query.parse_filter(text, Schema(self.columns))
        except YiwangError as error:
            error.extra["field"] = name
            raise
        return text

    def _code_set(self, name: str, value: Any) -> str:
        if standards.find_code_set(str(value), today()) is None:
            _refuse("code_set", name, msg("There is no such code set"))
        return str(value)

    def _element(self, name: str, value: Any) -> str:
        if standards.find_element(str(value)) is None:
            _refuse("element", name, msg("There is no data element of this name"))
        return str(value)

    def _bound(self, name: str, value: Any) -> str:
        text = value.isoformat() if isinstance(value, date) else str(value).strip()
        if not (_is_number(text) or _is_day(text)):
            _refuse("bound", name, msg("%(field)s must be a number or a date such as 2026-01-31"))
        return text

    def _days(self, name: str, value: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and 0 < int(text) < MOST_DAYS):
            _refuse("days", name, msg("%(field)s is a number of days, 1 to 36500"))
        return int(text)

    def _type(self, name: str, value: Any) -> str:
        if value not in ("number", "integer", "date", "datetime"):
            _refuse("type", name, msg("%(field)s is number, integer, date or datetime"))
        return str(value)

    def _resource(self, name: str, value: Any) -> str:
        """Another register that the author may look into: a rule tells what stands in it."""
        try:
            found = catalog.get_resource(self.actor, str(value))
        except NotFound as error:
            error.extra["field"] = name
            raise
        self.actor.require(LOOK, organization=found.owner)
        return found.id


def write_rule(rule: RuleSpec) -> dict[str, Any]:
    """A declared rule as a person would write it. 写出规则。"""
    shape = SHAPES[rule.kind]
    told: dict[str, Any] = {"code": rule.code, "kind": str(rule.kind)}
    if shape.says_fields:
        told |= {"fields": list(rule.fields)} if shape.many else {"field": rule.fields[0]}
    params = {("item" if name == "field" else name): value for name, value in rule.params.items()}
    if rule.element:
        params["element"] = rule.element
    told |= {name: params[name] for name in (*shape.needs, *shape.may) if name in params}
    told |= {"when": rule.when} if rule.when else {}
    told |= {"dimension": str(rule.dimension)} if rule.dimension != shape.dimension else {}
    told |= {"severity": str(rule.severity)} if rule.severity != Severity.ERROR else {}
    return told | {"title": {"zh": rule.title_zh, "en": rule.title_en}}


def _given(told: Mapping[str, Any], shape: Shape) -> list[str]:
    return [name for name in (*shape.needs, *shape.may) if told.get(name) not in (None, "")]


def _stored(params: Mapping[str, Any]) -> dict[str, Any]:
    """As the engine reads them: `item` is the other register's `field`, the element stands apart."""
    kept = {name: value for name, value in params.items() if name != "element"}
    if "item" in kept:
        kept["field"] = kept.pop("item")
    return kept


def _code(told: Mapping[str, Any]) -> str:
    code = str(told.get("code") or "").strip()
    if not CODE.fullmatch(code) or code.startswith("derived."):
        _refuse("code", "code", msg("Give the rule a short name of letters, digits, . _ + or -"))
    return code


def _choice(told: Mapping[str, Any], name: str, words: Any, otherwise: str) -> str:
    value = str(told.get(name) or otherwise)
    if value not in words.values:
        raise InvalidInput(
            "quality.rule.choice",
            "%(field)s must be one of %(choices)s",
            field=name,
            choices=", ".join(words.values),
        )
    return value


def _with_title(rule: RuleSpec, title: Any, params: Mapping[str, Any]) -> RuleSpec:
    told = title if isinstance(title, Mapping) else {"zh": title or "", "en": title or ""}
    zh, en = TITLES[rule.kind]
    words = {"min": "…", "max": "…", "item": "", "fields": "、".join(rule.fields)} | dict(params)
    return replace(
        rule,
        title_zh=str(told.get("zh") or zh.format(**words))[:300],
        title_en=str(told.get("en") or en.format(**words))[:300],
    )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _refuse(what: str, field: str, message: str) -> NoReturn:
    raise InvalidInput(f"quality.rule.{what}", message, field=field)
