"""How departments stand: for the first page and for the director's report. 部门质量报告。

Everything is read off stored runs, groups and notices; a department's score is the mean of its
registers' totals, each counting alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now, today
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.types import UpdateCycle
from yiwang.nets.share.quality.models import DimensionScore, Group, Notice, NoticeReturn, Run
from yiwang.nets.share.quality.types import GroupState, NoticeState, RunState

from .following import SENT_OUT
from .permissions import READ
from .reading import readable_resources
from .scoring import CYCLE_DAYS
from .worklist import visible_groups

LATE_AFTER = {UpdateCycle.REALTIME: 1, **CYCLE_DAYS}
"""After how many days without a delivery a register is late by its promised cycle. 逾期界限。"""
MONTH = timedelta(days=30)
WORST = 5


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register: its score now and a month ago, open findings, whether it is late. 登记册质量。"""

    id: str
    name: str
    owner: str
    cycle: str
    landed_at: datetime | None
    late: bool
    run: str = ""
    value: float | None = None
    level: int | None = None
    numerator: int = 0
    denominator: int = 0
    before: float | None = None

    @property
    def change(self) -> float | None:
        """Points since a month ago. 较上月变化。"""
        if self.value is None or self.before is None:
            return None
        return round(self.value - self.before, 1)


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """One department with its registers. 部门质量。"""

    owner: str
    name: str
    registers: tuple[RegisterLine, ...]
    open_groups: int = 0
    open_rows: int = 0
    notices_out: int = 0
    overdue: int = 0

    @property
    def value(self) -> float | None:
        """The mean of the registers that could be measured. 部门得分。"""
        return _mean(one.value for one in self.registers)

    @property
    def change(self) -> float | None:
        """Points since a month ago, over registers measured both times. 较上月变化。"""
        both = [one for one in self.registers if one.change is not None]
        after, before = _mean(one.value for one in both), _mean(one.before for one in both)
        return None if after is None or before is None else round(after - before, 1)

    @property
    def measured(self) -> int:
        """How many registers could be measured. 已评登记册数。"""
        return sum(one.value is not None for one in self.registers)

    @property
    def late(self) -> tuple[RegisterLine, ...]:
        """The registers that are late by their own cycle. 逾期来源。"""
        return tuple(one for one in self.registers if one.late)


@dataclass(frozen=True, slots=True)
class DepartmentReport:
    """One page for a director. 部门质量报告。"""

    line: DepartmentLine
    worst: tuple[Group, ...]
    notices: tuple[Notice, ...]
    answers: Mapping[str, int]
    at: datetime


def _mean(values: Iterable[float | None]) -> float | None:
    found = [one for one in values if one is not None]
    return round(sum(found) / len(found), 1) if found else None


def list_departments(actor: Actor, *, owner: str = "") -> list[DepartmentLine]:
    """Departments within the actor's reach, the worst first. 部门质量排名。 A constant number of queries."""
    lines: dict[str, list[RegisterLine]] = {}
    for one in list_registers(actor, owner=owner):
        lines.setdefault(one.owner, []).append(one)
    names = catalog.name_codes(lines)
    findings, out, overdue = _open_findings(actor), _count_out(), _count_out(overdue=True)
    found = [
        DepartmentLine(
            code, names.get(code, code), tuple(registers), *findings.get(code, (0, 0)),
            out.get(code, 0), overdue.get(code, 0),
        )
        for code, registers in lines.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.value is None, one.value or 0, one.name))


def list_registers(
    actor: Actor, *, owner: str = "", resource: str = "", on: datetime | None = None
) -> list[RegisterLine]:
    """Registers that hold data, each with its newest total and that of a month before, worst first. 登记册质量。"""
    moment = on or now()
    wanted = readable_resources(actor).exclude(table="")
    if owner:
        wanted = wanted.filter(owner=owner)
    if resource:
        wanted = wanted.filter(id=resource)
    resources = list(wanted.order_by("name", "id"))
    ids = [one.id for one in resources]
    latest, before = latest_totals(ids), latest_totals(ids, before=moment - MONTH)
    found = [_register(one, latest.get(one.id), before.get(one.id), moment) for one in resources]
    return sorted(found, key=lambda one: (one.value is None, one.value or 0, one.name))


def _register(
    resource: catalog.Resource,
    total: DimensionScore | None,
    before: DimensionScore | None,
    moment: datetime,
) -> RegisterLine:
    return RegisterLine(
        resource.id,
        resource.name,
        resource.owner,
        resource.get_update_cycle_display() if resource.update_cycle else "",
        resource.landed_at,
        is_late(resource, moment),
        total.run_id if total else "",
        _points(total),
        total.level if total else None,
        total.numerator if total else 0,
        total.denominator if total else 0,
        _points(before),
    )


def _points(total: DimensionScore | None) -> float | None:
    return None if total is None or total.value is None else round(total.value, 1)


def is_late(resource: catalog.Resource, moment: datetime) -> bool:
    """Whether nothing has come for longer than its own cycle. 是否逾期。"""
    after = LATE_AFTER.get(UpdateCycle(resource.update_cycle)) if resource.update_cycle else None
    if after is None or resource.landed_at is None:
        return False
    return moment - resource.landed_at > timedelta(days=after)


def may_read_quality(actor: Actor, resource_id: str) -> bool:
    """Whether the actor may read the quality of one entry. 可否查看质量。"""
    found = catalog.get_resources([resource_id]).get(resource_id)
    return found is not None and actor.may(READ, organization=found.owner)


def latest_totals(
    resource_ids: Sequence[str], *, before: datetime | None = None
) -> dict[str, DimensionScore]:
    """The total of the newest finished run of each register. 最新总分。"""
    runs = Run.objects.filter(resource__in=resource_ids, state=RunState.DONE)
    if before is not None:
        runs = runs.filter(finished_at__lt=before)
    newest = runs.order_by().values("resource").annotate(newest=Max("id")).values("newest")
    found = DimensionScore.objects.filter(run_id__in=newest, dimension="")
    return {one.resource: one for one in found}


def _open_findings(actor: Actor) -> dict[str, tuple[int, int]]:
    waiting = visible_groups(actor).filter(state__in=[GroupState.OPEN, GroupState.SENT])
    found: dict[str, tuple[int, int]] = {}
    for owner, rows, excused in waiting.values_list("owner", "rows", "excused"):
        groups, total = found.get(owner, (0, 0))
        found[owner] = groups + 1, total + rows - excused
    return found


def _count_out(*, overdue: bool = False) -> dict[str, int]:
    out = Notice.objects.filter(state__in=SENT_OUT)
    if overdue:
        out = out.filter(due_on__lt=today())
    rows = out.order_by().values("owner").annotate(number=Count("id"))
    return {one["owner"]: one["number"] for one in rows}


def report_department(actor: Actor, owner: str) -> DepartmentReport | None:
    """The report of one department, None where it holds no data. 单部门报告。"""
    actor.require(READ, organization=owner)
    lines = list_departments(actor, owner=owner)
    if not lines:
        return None
    groups = visible_groups(actor).filter(owner=owner, rows__gt=0)
    waiting = groups.filter(state__in=[GroupState.OPEN, GroupState.SENT])
    notices = Notice.objects.filter(owner=owner).exclude(state=NoticeState.DRAFT)
    recent = list(notices.order_by("-id")[:8])
    return DepartmentReport(
        lines[0],
        tuple(waiting.order_by("severity", "-rows", "id")[:WORST]),
        tuple(recent),
        sum_answers(recent),
        now(),
    )


def sum_answers(notices: Sequence[Notice]) -> dict[str, int]:
    """What was answered on notices, over all their returns. 答复汇总。"""
    found: dict[str, int] = {}
    for one in NoticeReturn.objects.filter(notice__in=notices):
        for code, number in one.counts.items():
            found[code] = found.get(code, 0) + int(number)
    return found
