"""Which codes a code set has on the day of a row. 代码成员。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import CodeSetVersion


def versions_of(code_set: str) -> list[CodeSetVersion]:
    """Every version of a code set, newest first. 代码集版本。"""
    return [one for one in standards.list_code_sets() if one.code_set == code_set]


def meaning_of(code_set: str) -> str:
    """A digest over all codes of all versions: a change makes other rules. 代码集摘要。"""
    told = [
        [v.version, str(v.valid_from), str(v.valid_until),
         [(c.code, c.name, str(c.valid_from), str(c.valid_until)) for c in v.codes.values()]]
        for v in versions_of(code_set)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def members_on(code_set: str, day: date) -> frozenset[str]:
    """Codes and names that may be used on a day; of no version valid then, the nearest one's. 当日代码。

    Registers hold codes or their names; both say the same thing.
    """
    versions = versions_of(code_set)
    valid = next((one for one in versions if one.is_valid(day)), None)
    if valid is not None:
        codes = [code for code in valid.codes.values() if code.is_valid(day)]
    else:
        nearest = sorted(versions, key=lambda one: abs((one.valid_from - day).days))[:1]
        codes = [code for one in nearest for code in one.codes.values()]
    return frozenset(text for code in codes for text in _spoken(code.code, code.name))


def _spoken(code: str, name: str) -> list[str]:
    """A code, its name, and the name as people say it: 男 for 男性, 汉 for 汉族. 代码与名称。"""
    short = name[:-1] if len(name) > 1 and name[-1] in "性族" else ""
    return [text for text in (code, name, short) if text]


def breaks_of(code_set: str) -> list[date]:
    """The days on which what a code set has changes. 变更日。"""
    days = {date.min}
    for version in versions_of(code_set):
        days |= {version.valid_from, version.valid_until or version.valid_from}
        for code in version.codes.values():
            days |= {one for one in (code.valid_from, code.valid_until) if one}
    return sorted(days)


class Members:
    """Member lists as tables of a connection, one per distinct list. 成员表。

    A list in the query's text is compared member by member; a table is hashed.
    """

    def __init__(self, connection: pool.Connection) -> None:
        self.connection = connection
        self._tables: dict[frozenset[str], str] = {}

    def table(self, members: frozenset[str]) -> str:
        """The table of these members. 成员表名。"""
        if members not in self._tables:
            name = f"yw_members_{len(self._tables)}"
            self.connection.execute(f"CREATE TEMP TABLE {name} (m VARCHAR)")
            if members:
                self.connection.execute(
                    f"INSERT INTO {name} SELECT unnest(?::VARCHAR[])", [sorted(members)]
                )
            self._tables[members] = name
        return self._tables[members]

    def on_arrival(
        self, code_set: str, value: str, row: str, arrivals: Sequence[tuple[int, date]]
    ) -> str:
        """Whether a value is a member on the day on which its row came. 按到达日期。"""
        steps: list[tuple[int, frozenset[str]]] = []
        for last, day in arrivals:
            members = members_on(code_set, day)
            if steps and steps[-1][1] == members:
                steps.pop()
            steps.append((last, members))
        tests = [(last, self._test(value, members)) for last, members in steps]
        if len(tests) == 1:
            return tests[0][1]
        cases = " ".join(f"WHEN {row} <= {last} THEN {test}" for last, test in tests[:-1])
        return f"CASE {cases} ELSE {tests[-1][1]} END"

    def on_day(self, code_set: str, value: str, day: str) -> str:
        """Whether a value is a member on the day that an expression gives. 按日期列。"""
        starts = breaks_of(code_set)
        tests = [self._test(value, members_on(code_set, start)) for start in starts]
        cases = " ".join(
            f"WHEN {day} < DATE '{after.isoformat()}' THEN {test}"
            for after, test in zip(starts[1:], tests, strict=False)
        )
        return f"CASE WHEN {day} IS NULL THEN NULL {cases} ELSE {tests[-1]} END"

    def _test(self, value: str, members: frozenset[str]) -> str:
        return f"{value} IN (SELECT m FROM {self.table(members)})"
