"""Who is who, as the city stands today. 办理人解析。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.calendar.services import load_calendar
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.identity import services as identity
from yiwang.kernel.query.rows import rows_of
from yiwang.kernel.workflow.models import Absence
from yiwang.kernel.workflow.types import CaseState, Holder, LookUp, Person, Who

from .keeping import look_up

POOL_AT_MOST = 50
"""Accounts of one role in one organization that hear of a case. 同岗位通知上限。"""
# Who stands in may be away too; a circle of people standing in for each other ends here.
STAND_INS = 5


def person_of(actor: Actor) -> Person:
    """The actor as tasks know people. 办理者。"""
    posts = {actor.organization}
    if actor.organizations - posts:
        # Of several posts each one asks; what lies below them does not.
        posts |= {code for code, _ in identity.list_current_posts(actor.id)}
    return Person(actor.id, frozenset(posts - {""}), actor.roles)


class City:
    """The accounts, organizations, absences and working days of this node. 本节点的人员与机构。"""

    def __init__(self, at: datetime, acting: str) -> None:
        self.at = at
        self.acting = acting

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The working days, read when a clock first asks. 工作日历。"""
        return load_calendar()

    def new_id(self) -> str:
        """A new public id. 新标识。"""
        return new_id()

    def find_holders(self, who: Who, state: CaseState) -> Sequence[Holder]:
        """Whom a rule names; nobody where the data names nobody, or nobody holds the role. 解析办理人。"""
        apart = state.starter if who.not_starter else ""
        if who.role:
            return _with_role(who.role, _organizations(who, state), apart)
        return [Holder(account=one) for one in _accounts(who, state) if one != apart]

    def find_people(self, who: Who, state: CaseState) -> Sequence[str]:
        """The accounts that a rule names; of a role in an organization at most 50. 解析人员。"""
        accounts = list_accounts(self.find_holders(who, state))
        able = self._find_able(set(accounts))
        return [one for one in accounts if one in able]

    def keep_able(self, holders: Sequence[Holder]) -> Sequence[Holder]:
        """Those of them who can act at all: no locked or unknown account. 可办理者。"""
        able = self._find_able({one.account for one in holders if one.account})
        return [one for one in holders if not one.account or one.account in able]

    def look_up(self, rule: LookUp, state: CaseState) -> Mapping[str, Any]:
        """The fields that a record fills; each None where no record holds what the case says. 查找登记。"""
        return look_up(rule, state.data)

    def stand_in(self, holder: Holder) -> Holder:
        """Who stands in today for an absent account, or the holder. 代理人。"""
        at, seen = holder, {holder.account}
        while at.account in self._agents and len(seen) <= STAND_INS:
            agent = self._agents[at.account]
            if agent in seen:
                return holder
            seen.add(agent)
            at = replace(at, account=agent, on_behalf_of=holder.on_behalf_of or holder.account)
        return at

    @cached_property
    def _agents(self) -> Mapping[str, str]:
        """Everybody away today and who stands in: few rows, read once an act. 今日代理。"""
        found = {row.account: row.agent for row in absences_on_day()}
        able = self._find_able(set(found.values()))
        return {account: agent for account, agent in found.items() if agent in able}

    def _find_able(self, accounts: set[str]) -> set[str]:
        """Whoever acts can act; of the others those that are not locked."""
        others = accounts - {self.acting}
        return (accounts & {self.acting}) | (identity.find_unlocked(others) if others else set())


def list_accounts(holders: Iterable[Holder]) -> list[str]:
    """The accounts behind holders; of a role in an organization at most 50. 办理人账号。"""
    found: list[str] = []
    for holder in dict.fromkeys(holders):
        if holder.account:
            found.append(holder.account)
            continue
        codes = [holder.organization] if holder.organization else None
        named = identity.list_account_ids(role=holder.role, organization_codes=codes)
        found += [one for one in named if one != holder.apart][:POOL_AT_MOST]
    return list(dict.fromkeys(found))


def absences_on_day() -> list[Absence]:
    """The absences that hold today. 当日有效代理。"""
    day = today()
    held = "{ended_at} IS NULL AND {from_date} <= %s AND {until_date} > %s ORDER BY {id}"
    return rows_of(Absence).select(held, [day, day])


def _accounts(who: Who, state: CaseState) -> Iterable[str]:
    if who.starter:
        return [state.starter]
    if who.assigner:
        return [state.assigner or state.starter]
    if who.handled:
        handled = state.handled.get(who.handled)
        return handled.by if handled else []
    return _listed(state.data.get(who.field or who.each))


def _organizations(who: Who, state: CaseState) -> list[str]:
    if who.each:
        return _listed(state.data.get(who.each))
    if who.of == "starter":
        # Without a post nobody's superior is named; an empty code would name the whole city.
        return [state.organization] if state.organization else []
    if who.of in state.data:
        return _listed(state.data[who.of])
    return [who.of]


def _with_role(role: str, codes: Sequence[str], apart: str) -> list[Holder]:
    """One task for each organization in which somebody holds the role who may act."""
    named = [code for code in codes if code]
    held = identity.list_organizations_with(role, named, beside=apart) if named else set()
    if "" in codes and set(identity.list_account_ids(role=role)) - {apart}:
        held.add("")
    return [Holder(role=role, organization=one, apart=apart) for one in codes if one in held]


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in dict.fromkeys(value)]
    return [str(value)] if value else []
