"""Rules as a file that people keep, read and send on. 规则文件。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import yaml
from django.db import transaction

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.declared import load_schema, read_plain, refuse_schema_problems
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.types import RuleSpec

from .contracts import read_contract, write_contract
from .declaring import declare_rule, list_rules, refuse_of_app
from .permissions import DECLARE
from .rule_shapes import Reader, write_rule

LARGEST_RULES = 1 << 20
"""Bytes of a file of rules; 500 of them as a contract take more than other files. 规则文件上限。"""
NAMELESS = "rules.yaml"
SCHEMA = load_schema("yiwang.nets.share.quality.schemas", "resource_rules.schema.json")
MOST_RULES = 500
FORMATS = ("yaml", "odcs")


def get_rule(actor: Actor, resource_id: str, code: str) -> RuleSpec:
    """One rule of a resource as it stands. 取规则。 Holders of `share.quality.read` for the owner."""
    found = next((one for one in list_rules(actor, resource_id) if one.code == code), None)
    if found is None:
        raise NotFound("quality.rule.missing", "There is no rule %(rule)s", rule=code)
    return found


def get_declared_rule(actor: Actor, resource_id: str, code: str) -> RuleSpec:
    """One rule that a person declared. 取已制定规则。"""
    found = get_rule(actor, resource_id, code)
    refuse_of_app(catalog.get_resource(actor, resource_id), code)
    if found.derived:
        raise InvalidInput(
            "quality.rule.derived",
            "%(rule)s follows from a data element: switch it off, or change the element",
            rule=code,
        )
    return found


def declare_written(
    actor: Actor, resource_id: str, told: Mapping[str, Any], *, reason: str = ""
) -> RuleSpec:
    """Declare a rule as a person wrote it. 按书面形式制定规则。 See `rule_shapes`."""
    return declare_all(actor, resource_id, [told], reason=reason)[0]


def declare_all(
    actor: Actor, resource_id: str, told: Sequence[Mapping[str, Any]], *, reason: str = ""
) -> list[RuleSpec]:
    """Declare many rules, all or none. 批量制定规则。

    A rule that is in force just so is left alone. Holders of `share.quality.declare` for the owner.
    """
    resource = catalog.get_resource(actor, resource_id)
    actor.require(DECLARE, organization=resource.owner)
    rules = read_rules(actor, resource.id, told)
    held = {one.code: write_rule(one) for one in list_rules(actor, resource.id) if not one.derived}
    if len(held.keys() | {rule.code for rule in rules}) > MOST_RULES:
        raise InvalidInput(
            "quality.rule.many", "A resource has at most %(most)s rules", most=MOST_RULES
        )
    with transaction.atomic():
        for rule in rules:
            if held.get(rule.code) != write_rule(rule):
                _declare(actor, resource.id, rule, reason)
    return rules


def read_rules(actor: Actor, resource_id: str, told: Sequence[Mapping[str, Any]]) -> list[RuleSpec]:
    """The rules that a person wrote, checked against the columns. 读取规则。

    InvalidInput says which rule of several is wrong, and which setting of it.
    """
    reader = Reader(actor, tuple(item.name for item in catalog.list_items(resource_id)))
    found: dict[str, RuleSpec] = {}
    for place, one in enumerate(told, 1):
        with _naming(str(one.get("code") or place)):
            rule = reader.read(one)
        if rule.code in found:
            raise InvalidInput(
                "quality.rule.twice", "There are two rules %(rule)s", rule=rule.code, field="code"
            )
        found[rule.code] = rule
    return list(found.values())


def export_rules(actor: Actor, resource_id: str, *, format: str = "yaml") -> str:  # noqa: A002
    """The declared rules of a resource as YAML, or all of its rules as a data contract. 导出规则。

    `odcs` is the Open Data Contract Standard 3.1. Holders of `share.quality.read` for the owner.
    """
    _check_format(format)
    rules = [rule for rule in list_rules(actor, resource_id) if rule.enabled]
    resource = catalog.describe(catalog.get_resource(actor, resource_id))
    if format == "odcs":
        items = tuple(catalog.list_items(resource.id))
        told = write_contract(replace(resource, items=items), rules)
    else:
        told = {
            "resource": resource.code,
            "rules": [write_rule(rule) for rule in rules if not rule.derived],
        }
    return str(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100))


def import_rules(
    actor: Actor,
    resource_id: str,
    text: str,
    *,
    format: str = "",  # noqa: A002
    reason: str = "",
    file: str = NAMELESS,
) -> list[RuleSpec]:
    """Take rules from YAML or from an ODCS contract, all or none. 导入规则。

    Rules that the file does not name stay. The format is told by the file itself where not said.
    """
    return declare_all(
        actor, resource_id, parse_rules(text, format=format, file=file), reason=reason
    )


def decode_rules(data: bytes) -> str:
    """The text of a file of rules; InvalidInput where it is too large or no UTF-8. 读取规则文件。"""
    _check_size(len(data))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("quality.rules.not_utf8", "The file of rules is not UTF-8") from error


def parse_rules(
    text: str,
    *,
    format: str = "",  # noqa: A002
    file: str = NAMELESS,
) -> list[Mapping[str, Any]]:
    """The rules in a text, as they were written. 解析规则文件。

    InvalidInput `declared.*` with the line, `quality.rules.*`.
    """
    document = read_plain(text, name=file, most=LARGEST_RULES)
    found = document.data
    is_contract = isinstance(found, Mapping) and found.get("kind") == "DataContract"
    if format:
        _check_format(format)
    if (format or ("odcs" if is_contract else "yaml")) == "odcs":
        return read_contract(found)
    rules = found.get("rules") if isinstance(found, Mapping) else found
    if not isinstance(rules, list) or not all(isinstance(one, Mapping) for one in rules):
        raise InvalidInput(
            "quality.rules.shape", "The file must be a list of rules, or have one under `rules`"
        )
    refuse_schema_problems(document, SCHEMA)
    return rules


def _check_size(size: int) -> None:
    if size > LARGEST_RULES:
        raise InvalidInput("quality.rules.large", "The file of rules is larger than 1 MB")


def _check_format(format: str) -> None:  # noqa: A002
    if format not in FORMATS:
        raise InvalidInput("quality.rules.format", "Rules go out as yaml or odcs")


def _declare(actor: Actor, resource_id: str, rule: RuleSpec, reason: str) -> None:
    content = rule.as_json()
    for name in ("code", "derived", "meaning", "app", "file"):
        del content[name]
    with _naming(rule.code):
        declare_rule(actor, resource_id, rule.code, content, reason=reason)


@contextmanager
def _naming(rule: str) -> Iterator[None]:
    """Put the rule's name before what is wrong with it, for files of many. 指明规则。"""
    try:
        yield
    except YiwangError as error:
        error.extra.setdefault("rule", rule)
        raise
