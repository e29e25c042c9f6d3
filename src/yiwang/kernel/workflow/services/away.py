"""Who is away today, for those who choose whom to ask. 今日不在。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.identity import services as identity

from .world import absences_on_day


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away: until which day, and who stands in. 不在岗。 `back_on` is the first day back."""

    name: str
    agent: str
    back_on: date


def find_away(accounts: Iterable[str]) -> dict[str, Away]:
    """Those of some accounts that are away today. 查询不在岗。"""
    wanted = set(accounts)
    rows = {row.account: row for row in absences_on_day() if row.account in wanted}
    people = (
        identity.name_accounts({one for row in rows.values() for one in (row.account, row.agent)})
        if rows
        else {}
    )
    return {
        account: Away(people[account], people[row.agent], row.until_date)
        for account, row in rows.items()
        if account in people and row.agent in people
    }
