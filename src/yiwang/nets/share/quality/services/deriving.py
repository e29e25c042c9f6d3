"""Rules that nobody has to ask for. 派生规则。

What a data element says of its values follows from its definition. Of an element that a person
confirmed they are errors and count in the score; of one that is only suspected, and of what the
column's own values suggest, they are warnings and do not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yiwang.kernel.pool.types import ColumnProfile
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element
from yiwang.nets.share.catalog.types import ItemInfo
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec, Severity

from .code_members import meaning_of, versions_of
from .habits import suspect_values

LENGTH = re.compile(r"[an]{1,2}\.\.(\d+)")


@dataclass(frozen=True, slots=True)
class Column:
    """An item with the element that it goes by. 列及其数据元。"""

    name: str
    element: Element
    severity: Severity


def derive_from(
    items: Sequence[ItemInfo], key: Sequence[str], profile: Sequence[ColumnProfile] = ()
) -> list[RuleSpec]:
    """All derived rules of a register. 派生规则。"""
    profiles = {one.name: one for one in profile}
    columns = list(_bound(items, profiles))
    present = {item.name for item in items}
    key = [name for name in key if name in present]
    rules = [rule for name in key for rule in _of_key(name)]
    rules += _unique(key)
    for column in columns:
        rules += _of_element(column)
    rules += _against_identity(columns)
    known = {column.name for column in columns}
    for one in profile:
        rules += suspect_values(one, bound=one.name in known, key=one.name in key)
    return rules


def _bound(items: Iterable[ItemInfo], profiles: Mapping[str, ColumnProfile]) -> Iterable[Column]:
    known = standards.get_elements()
    for item in items:
        element = known.get(item.effective)
        if element is None:
            continue
        if item.element:
            yield Column(item.name, element, Severity.ERROR)
            continue
        profile = profiles.get(item.name)
        if standards.is_likely(item.name, element.code, profile.count_top() if profile else {}):
            yield Column(item.name, element, Severity.WARNING)


def _of_key(name: str) -> list[RuleSpec]:
    return [
        RuleSpec(
            code=f"derived.{name}.required", kind=RuleKind.REQUIRED,
            dimension=Dimension.COMPLETENESS, fields=(name,), derived=True,
            title_zh=f"{name}：主键不得为空", title_en=f"{name}: a key must hold a value",
        )
    ]  # fmt: skip


def _unique(key: Sequence[str]) -> list[RuleSpec]:
    if not key:
        return []
    named = "、".join(key)
    return [
        RuleSpec(
            code=f"derived.{'+'.join(key)}.unique", kind=RuleKind.UNIQUE,
            dimension=Dimension.ACCURACY, fields=tuple(key), derived=True,
            title_zh=f"{named}：主键不得重复", title_en=f"{', '.join(key)}: the key must not repeat",
        )
    ]  # fmt: skip


WORDS: dict[RuleKind, tuple[Dimension, str, str]] = {
    RuleKind.TYPED: (Dimension.CONFORMITY, "须能读作{zh}", "must be readable as {en}"),
    RuleKind.FORMAT: (Dimension.CONFORMITY, "须符合{zh}的格式", "must have the form of {en}"),
    RuleKind.CHECK: (Dimension.ACCURACY, "{zh}的校验码须正确", "the check digit of {en} must hold"),
    RuleKind.CODE: (Dimension.CONFORMITY, "须在{zh}代码集内", "must be in the code set of {en}"),
    RuleKind.LENGTH: (Dimension.CONFORMITY, "长度须符合{zh}", "must have the length of {en}"),
}


def _of_element(column: Column) -> list[RuleSpec]:
    element = column.element
    found: list[RuleSpec] = []
    if element.type in ("date", "datetime", "number", "integer"):
        found.append(_rule(column, RuleKind.TYPED))
    elif element.pattern or element.check:
        found.append(_rule(column, RuleKind.FORMAT))
    if element.check:
        found.append(_rule(column, RuleKind.CHECK))
    if element.code_set and versions_of(element.code_set):
        found.append(_rule(column, RuleKind.CODE, code_set=element.code_set))
    longest = LENGTH.fullmatch(element.format)
    if longest and element.type == "text" and not element.pattern:
        found.append(_rule(column, RuleKind.LENGTH, max=int(longest[1])))
    return found


def _rule(column: Column, kind: RuleKind, **params: object) -> RuleSpec:
    dimension, zh, en = WORDS[kind]
    element = column.element
    return RuleSpec(
        code=f"derived.{column.name}.{kind.value}",
        kind=kind,
        dimension=dimension,
        fields=(column.name,),
        params=params,
        severity=column.severity,
        title_zh=f"{column.name}：{zh.format(zh=element.zh)}",
        title_en=f"{column.name}: {en.format(en=element.en)}",
        derived=True,
        element=element.code,
        meaning=meaning_of_element(element),
    )


def meaning_of_element(element: Element) -> str:
    """What of an element makes values pass or fail, with its code set, as a digest. 数据元摘要。"""
    told = [element.type, element.format, element.pattern, element.check, element.code_set]
    codes = meaning_of(element.code_set) if element.code_set else ""
    return hashlib.sha256(json.dumps([told, codes]).encode()).hexdigest()


RELATED: Mapping[str, tuple[str, str, str]] = {
    "sex": ("sex_of_id", "性别须与身份证号一致", "the sex must agree with the identity number"),
    "birth_date": (
        "birth_of_id", "出生日期须与身份证号一致", "the birth date must agree with the identity number",
    ),
}  # fmt: skip


def _against_identity(columns: Sequence[Column]) -> list[RuleSpec]:
    """Sex and birth date say again what the identity number says, where there is one of each."""
    by_element: dict[str, list[Column]] = {}
    for column in columns:
        by_element.setdefault(column.element.code, []).append(column)
    identities = by_element.get("resident_id", [])
    if len(identities) != 1:
        return []
    found = []
    for element, (relation, zh, en) in RELATED.items():
        others = by_element.get(element, [])
        if len(others) == 1:
            found.append(_relation(others[0], identities[0], relation, zh, en))
    return found


def _relation(other: Column, identity: Column, relation: str, zh: str, en: str) -> RuleSpec:
    both = {other.severity, identity.severity}
    return RuleSpec(
        code=f"derived.{other.name}.{relation}",
        kind=RuleKind.COMPARE,
        dimension=Dimension.CONSISTENCY,
        fields=(other.name, identity.name),
        params={"relation": relation},
        severity=Severity.ERROR if both == {Severity.ERROR} else Severity.WARNING,
        title_zh=f"{other.name}：{zh}",
        title_en=f"{other.name}: {en}",
        derived=True,
        meaning=meaning_of_element(identity.element),
    )
