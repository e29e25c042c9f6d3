"""Very many cases and tasks, put straight into their tables. 大量流程数据。

One person has a twentieth of all tasks open, one in a hundred people has 40 % of the others; a
fifth waits for whoever has a role in an organization. Deadlines lie within a month around now.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.workflow.models import Case, CaseCopy, CaseWatch, Task

TITLES = (
    "请假申请",
    "采购事项审批",
    "公文会签",
    "数据共享申请",
    "项目预审",
    "督办事项",
    "来信办理",
)
MEMO = '{"handled":{},"came_from":"","moved_by":"","jump_back":"","jump_by":"","asked":[]}'
CHUNK = 20_000


@dataclass(frozen=True)
class Kind:
    """A published type that made cases are of."""

    id: str
    code: str
    step: str = "leader"


@dataclass
class Crowd:
    """What is made: how many cases, for which people and posts."""

    cases: int
    heavy: str
    people: Sequence[str]
    posts: Sequence[tuple[str, str]]
    kinds: Sequence[Kind]
    seed: int = 1

    def make(self) -> None:
        """Write cases and tasks, one of each a case, a copy and a watch for one in ten."""
        dice = random.Random(self.seed)
        at = now()
        numbers = range(self.cases)
        write(Case, CASE, (self._case(n, at, random.Random(n)) for n in numbers))
        write(Task, TASK, (self._task(n, at, random.Random(n), dice) for n in numbers))
        for model, columns in ((CaseCopy, COPY), (CaseWatch, WATCH)):
            write(model, columns, self._told(model, at, dice))
        analyze()

    def case_id(self, number: int) -> str:
        return f"{get_node()}:{number:026d}"

    def _moments(self, number: int, at: datetime) -> tuple[datetime, datetime, datetime]:
        opened = at - timedelta(days=30) + timedelta(seconds=2_592_000 * number / self.cases)
        due = opened + timedelta(days=35 - (number * 7919) % 30)
        return opened, due, due - timedelta(days=2)

    def _case(self, number: int, at: datetime, dice: random.Random) -> list[Any]:
        opened, due, yellow = self._moments(number, at)
        kind = self.kinds[number % len(self.kinds)]
        closed = number % 5 > 1
        return [
            self.case_id(number), f"QJ-2026-{number:06d}", kind.id, kind.code, 1,
            f"{dice.choice(TITLES)}（第{number}件）", "closed" if closed else "running", "",
            kind.step, 1, 5, dice.choice(self.people), dice.choice(self.posts)[0], "{}", MEMO, None,
            "", opened, opened + timedelta(days=1) if closed else None, due, None, None,
            FAR if closed else due, FAR if closed else yellow, "",
        ]  # fmt: skip

    def _task(
        self, number: int, at: datetime, own: random.Random, dice: random.Random
    ) -> list[Any]:
        opened, due, yellow = self._moments(number, at)
        kind = self.kinds[number % len(self.kinds)]
        done = number % 5 > 1
        account, role, organization = self._holder(number, dice)
        by = (account or dice.choice(self.people)) if done else ""
        return [
            f"{get_node()}:{number:026d}", self.case_id(number), kind.step, 1, "main",
            "done" if done else "open", account, role, organization, "", "", "",
            "agree" if done else "", by, "同意。" if done else "", opened,
            opened + timedelta(hours=own.randrange(1, 40)) if done else None, kind.code, due, yellow,
        ]  # fmt: skip

    def _holder(self, number: int, dice: random.Random) -> tuple[str, str, str]:
        if number % 20 == 0:
            return self.heavy, "", ""
        if number % 5 == 1:
            organization, role = dice.choice(self.posts)
            return "", role, organization
        few = max(1, len(self.people) // 100)
        return dice.choice(self.people[:few] if dice.random() < 0.4 else self.people), "", ""

    def _told(self, model: type[Any], at: datetime, dice: random.Random) -> Iterator[list[Any]]:
        for number in range(0, self.cases, 10):
            account = self.heavy if number % 50 == 0 else dice.choice(self.people)
            row = [self.case_id(number), account, at - timedelta(seconds=self.cases - number)]
            yield [*row[:2], self.people[0], row[2], None] if model is CaseCopy else row


FAR = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
CASE = [
    "id", "number", "type_id", "code", "version", "title", "status", "outcome", "node", "visit",
    "seq", "starter", "organization", "data", "memo", "parent_id", "root", "opened_at", "closed_at",
    "due_at", "node_due_at", "tick_at", "next_due_at", "yellow_at", "target",
]  # fmt: skip
TASK = [
    "id", "case_id", "node", "visit", "kind", "status", "account", "role", "organization",
    "on_behalf_of", "apart", "parent", "action", "by", "opinion", "opened_at", "done_at", "code",
    "due_at", "yellow_at",
]  # fmt: skip
COPY = ["case_id", "account", "by", "at", "read_at"]
WATCH = ["case_id", "account", "at"]


def write(model: type[Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows as fast as the database takes them."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        text = f"INSERT INTO {table} ({names}) VALUES ({places})"
        waiting: list[list[Any]] = []
        for row in rows:
            waiting.append([as_text(value) for value in row])
            if len(waiting) == CHUNK:
                cursor.executemany(text, waiting)
                waiting = []
        cursor.executemany(text, waiting)


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def analyze() -> None:
    """Let the planner know what there is, as a node does after an import."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def explain(text: str) -> str:
    """The plan of a statement as text; on PostgreSQL with what was really read."""
    out = io.StringIO()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) " + text)
            out.writelines(f"{line}\n" for (line,) in cursor.fetchall())
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + text)
            out.writelines(f"{row[3]}\n" for row in cursor.fetchall())
    return out.getvalue()
