"""Whether values keep to what an entity or a form declares. 填报校验。

A good answer costs one call of the validator and little beside; only one that is refused, or
written in an unusual way, is taken apart field by field, so that everything wrong is said at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Entity, Field, FieldProblem, Form, InvalidValues
from yiwang.kernel.standards import services as standards

from . import telling
from .asking import Asking
from .parts import Part, Values
from .shapes import always_needed, fields_of
from .slips import Slip
from .times import check_times

MOST_KEPT = 512
TODAY = "$today"
"""As the default of a date: the day on which it is filled in. 填报当日。"""


def check_values(
    entity: Entity,
    given: Any,
    *,
    form: Form | None = None,
    standing: Mapping[str, Any] | None = None,
    partial: bool = False,
) -> Values:
    """What was given as programs hold it, once all of it can be taken. 校验填报值。

    `given` is JSON or values of programs. With a form only what it asks for now is taken, and what
    it no longer asks for is emptied. `standing` are the values before a change: what is not given
    stays, and only what is given or asked for must be there; without it what is missing gets its
    default. `partial` asks for nothing that is not given, as for a draft. InvalidValues names
    every problem; paths name the row of a group from 0, as in `members.2.phone`.
    """
    checker = _checker_of(entity, form)
    found, problems = checker.read(given)
    if not partial:
        wrong = frozenset(one.path.partition(".")[0] for one in problems)
        problems += checker.settle(found, standing, wrong)
    if problems:
        raise InvalidValues(problems)
    return found


class Checker:
    """What a check needs, made once a day for an entity as it was published. 校验器。"""

    def __init__(self, entity: Entity, form: Form | None, day: date, state: object) -> None:
        self.entity, self.form, self.day, self.state = entity, form, day, state
        asked = {key: one for key, one in fields_of(entity, form).items() if not one.computed}
        self.part = Part(asked)
        self.needed = _needed(entity, form)
        self.defaults = dict(_defaults(entity, day))
        asking = Asking(form, entity.fields) if form else None
        self.asking = asking if asking and asking.depends else None

    def is_current(self, day: date, state: object) -> bool:
        """Whether what it was made from still holds. 是否仍适用。"""
        return self.state is state and self.day == day

    def read(self, given: Any) -> tuple[Values, list[FieldProblem]]:
        """What was given, read, and all that cannot be. 读取全部值。"""
        found = self.part.read(given)
        if found is not None:
            return found, []
        if not isinstance(given, Mapping):
            return {}, [telling.problem_at("", telling.no_object())]
        problems: list[FieldProblem] = []
        return self.part.read_apart(given, "", self._refuse, problems), problems

    def settle(
        self, found: Values, standing: Mapping[str, Any] | None, wrong: frozenset[str]
    ) -> list[FieldProblem]:
        """Fill in and take out what follows from the answers; what is missing or forged. 收尾。

        Beside what is `wrong` nothing is called forged: a wrong answer may be why it is not asked.
        """
        needed = self.needed
        added: list[str] = []
        if standing is None:
            added = [key for key in self.defaults if key not in found]
            found.update((key, self.defaults[key]) for key in added)
        elif self.form is None:
            needed = [key for key in needed if key in found]
        known = {**standing, **found} if standing else found
        forged: list[str] = []
        if self.asking:
            hidden, sometimes = self.asking.sort(known)
            needed = list(dict.fromkeys([*needed, *sometimes]))
            forged = [] if wrong else _answered(found, hidden, added)
            _empty(found, hidden, standing)
        missing = [key for key in needed if known.get(key) is None and key not in wrong]
        problems = [telling.problem_at(key, telling.not_asked()) for key in forged]
        problems += check_times(self.entity, known, wrong)
        return problems + [telling.problem_at(key, telling.missing()) for key in missing]

    def _refuse(self, key: str, value: Any) -> InvalidInput | None:
        """What is filled in that is not asked for; an empty answer to it is none."""
        if key in self.entity.fields and value in (None, "", [], ()):
            return None
        return telling.not_taken(self.entity, key, self.part.fields)


def _needed(entity: Entity, form: Form | None) -> list[str]:
    """What must be there: of an entity its required fields, of a form also what it always needs."""
    fields = [key for key, one in entity.fields.items() if one.required]
    asked = always_needed(entity, form) if form else ()
    return list(dict.fromkeys([*fields, *(key for key in entity.fields if key in asked)]))


def _answered(found: Values, hidden: Iterable[str], added: Collection[str]) -> list[str]:
    """What somebody filled in although it is not asked."""
    return [key for key in hidden if found.get(key) is not None and key not in added]


def _empty(found: Values, hidden: Iterable[str], standing: Mapping[str, Any] | None) -> None:
    """What is not asked is not kept."""
    for key in hidden:
        found.pop(key, None)
        if standing and standing.get(key) is not None:
            found[key] = None


def list_defaults(entity: Entity) -> Values:
    """What the fields of an entity hold unless told otherwise. 默认值。"""
    return dict(_defaults(entity, today()))


def _defaults(entity: Entity, day: date) -> Iterable[tuple[str, Any]]:
    for key, field in entity.fields.items():
        if field.default:
            try:
                yield key, read_default(field, day)
            except Slip:
                # It was right when it was published: a code that ended since, or an element edited.
                continue


def read_default(field: Field, day: date) -> Any:
    """What a field holds unless told otherwise; Slip where it is no value of the field. 默认值。"""
    told = day.isoformat() if field.default == TODAY and field.kind == "date" else field.default
    return Part({field.key: field}).read_one(field.key, told)


_checkers: dict[tuple[int, int], Checker] = {}


def _checker_of(entity: Entity, form: Form | None) -> Checker:
    """The checker, made anew when the day or the standards changed.

    Objects tell versions apart: one that is kept holds its entity and form, so their ids stay theirs.
    """
    key, day, state = (id(entity), id(form)), today(), standards.standing_standards()
    found = _checkers.get(key)
    if found is None or not found.is_current(day, state):
        if len(_checkers) >= MOST_KEPT:
            _checkers.clear()
        found = _checkers[key] = Checker(entity, form, day, state)
    return found
