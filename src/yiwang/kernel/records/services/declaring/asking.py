"""What a form asks for, as things stand. 动态表单。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.records.types import Field, Form

from .conditions import does_hold, expression_of

MOST_KEPT = 1_000
_FEW_VALUES = ("choice", "boolean")


def asked_of(form: Form, values: Mapping[str, Any]) -> frozenset[str]:
    """The fields that a form asks for now, given what was answered. 当前应填字段。

    Conditions are worked out in the order of the form; what is not asked counts as unanswered for
    all that comes after it. `values` may be of programs or of JSON.
    """
    asking = Asking(form, {})
    hidden, _ = asking.sort(values)
    return asking.keys.difference(hidden)


class Asking:
    """The conditions of a form, made ready; what has none is never looked at. 表单条件。"""

    def __init__(self, form: Form, fields: Mapping[str, Field]) -> None:
        self.keys = frozenset(one.key for section in form.sections for one in section.asks)
        sections = [
            (
                _condition(section.when, fields),
                [(one, _condition(one.when, fields)) for one in section.asks
                 if section.when or one.when],
            )
            for section in form.sections
        ]  # fmt: skip
        self._sections = [(when, asks) for when, asks in sections if asks]
        self.depends = bool(self._sections)

    def sort(self, values: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        """What is not asked now; and what of the rest is required on a condition. 分拣表单项。"""
        hidden: list[str] = []
        needed: list[str] = []
        for when, asks in self._sections:
            shown = when is None or when.holds(values)
            for one, condition in asks:
                if shown and (condition is None or condition.holds(values)):
                    needed += [one.key] if one.required else ()
                    continue
                hidden.append(one.key)
                if values.get(one.key) is not None:
                    values = {**values, one.key: None}
        return hidden, needed


class Condition:
    """A condition of a form. 条件。

    Where all that it asks of has few values, what it gave for them is kept: most forms branch on a
    choice. Nothing that a person wrote is ever kept.
    """

    def __init__(self, text: str, fields: Mapping[str, Field]) -> None:
        self.text, self.names = text, tuple(sorted(_names(text)))
        few = all(key in fields and fields[key].kind in _FEW_VALUES for key in self.names)
        self._kept: dict[Any, bool] | None = {} if few else None

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Whether it holds for these answers. 是否成立。"""
        if self._kept is None:
            return does_hold(self.text, known)
        asked = tuple([known.get(name) for name in self.names])
        found = self._kept.get(asked)
        if found is None:
            found = does_hold(self.text, known)
            if len(self._kept) < MOST_KEPT:
                self._kept[asked] = found
        return found


def _condition(text: str, fields: Mapping[str, Field]) -> Condition | None:
    return Condition(text, fields) if text else None


def _names(text: str) -> frozenset[str]:
    try:
        return expression_of(text).names
    except YiwangError:
        return frozenset()
