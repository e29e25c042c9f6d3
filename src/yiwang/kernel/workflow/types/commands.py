"""What deciding about a case asks of the world outside. 外部依赖。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from yiwang.kernel.calendar.types import WorkCalendar

from .definition import LookUp, Who
from .state import CaseState, Holder


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts, as far as a task asks. 办理者。"""

    account: str
    organizations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def is_asked(self, holder: Holder) -> bool:
        """Whether a task of that holder is theirs. 是否本人待办。"""
        if holder.apart == self.account:
            return False
        if holder.account:
            return holder.account == self.account
        return holder.role in self.roles and holder.organization in {"", *self.organizations}


class World(Protocol):
    """Ids, time, and who is who; a test brings its own. 外部世界。"""

    @property
    def at(self) -> datetime:
        """The moment of the act. 行为时刻。"""

    @property
    def calendar(self) -> WorkCalendar:
        """The working days, read when a clock first asks. 工作日历。"""

    def new_id(self) -> str:
        """A new public id. 新标识。"""

    def find_holders(self, who: Who, state: CaseState) -> Sequence[Holder]:
        """Whom a rule names; nobody is an empty answer. 解析办理人。"""

    def find_people(self, who: Who, state: CaseState) -> Sequence[str]:
        """The accounts that a rule names, those who hold a role one by one. 解析人员。"""

    def keep_able(self, holders: Sequence[Holder]) -> Sequence[Holder]:
        """Those of them who can act at all; a locked account cannot. 可办理者。"""

    def stand_in(self, holder: Holder) -> Holder:
        """The holder, or who stands in while that account is absent. 代理人。"""

    def look_up(self, rule: LookUp, state: CaseState) -> Mapping[str, Any]:
        """The fields that a record fills; each None where no record holds what the case says. 查找登记。"""
