"""Groups of findings after a run, and what follows for notices. 问题组更新。

A run lists its failing rows; here they become groups, each with the state of what is being done
about it. A group is fixed when a later run finds none of it, and open again when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import (
    PATTERN_LENGTH,
    Excuse,
    Group,
    Notice,
    NoticeLine,
    Result,
    Run,
)
from yiwang.nets.share.quality.types import (
    ExcuseState,
    GroupState,
    LineState,
    NoticeState,
    RunState,
    Severity,
)

from .amending import MARK, digest_rows
from .casework import follow_register, hold_registers
from .digests import digest_value

Kind = tuple[str, str, str]
"""What makes a group: rule, field, pattern."""
SENT_OUT = (NoticeState.SENT, NoticeState.RETURNED)
BLOCK = 10_000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows fail alike, one of them, and how many are excused one by one. 计数。"""

    rows: int
    example: str
    excused: int = 0


def refresh_groups(run_id: str) -> int:
    """Bring the groups of a resource to where its newest finished run stands; gives their number. 更新问题组。

    Done twice it changes nothing; a run that a newer one has overtaken changes nothing either.
    """
    run = Run.objects.filter(id=run_id).first()
    if run is None or run.id != find_last_run_id(run.resource):
        return 0
    with ledger.acting(SYSTEM, "share.quality.follow", on=Ref("share.quality.run", run.id)) as act:
        hold_registers([run.resource])
        Run.objects.select_for_update().get(id=run.id)
        found = tally_rows(run)
        groups = write_groups(run, found)
        follow_notices(act, [group.id for group in groups])
        follow_register(act, run.resource)
        act.note(groups=len(found))
    return len(found)


def find_last_run_id(resource_id: str) -> str:
    """The newest finished run of a resource, or nothing. 最近一次检查。"""
    done = Run.objects.filter(resource=resource_id, state=RunState.DONE).order_by("-id")
    return done.values_list("id", flat=True).first() or ""


def tally_rows(run: Run) -> dict[Kind, Tally]:
    """The failing rows of a run by rule, field and pattern: all counted, one shown. 按模式计数。"""
    counts = count_patterns(run)
    examples, excused = list_examples(run), count_excused(run)
    for kind, (rows, _) in examples.items():
        counts.setdefault(kind, rows)
    return {
        kind: Tally(rows, examples.get(kind, (0, ""))[1], excused.get(kind, 0))
        for kind, rows in counts.items()
        if rows
    }


def count_patterns(run: Run) -> dict[Kind, int]:
    """What the run counted, also beyond what it listed. 模式计数。"""
    return {
        (one.rule, one.fields[0] if one.fields else "", str(pattern)[:PATTERN_LENGTH]): int(rows)
        for one in Result.objects.filter(run=run, failed__gt=0)
        for pattern, rows in getattr(one, "patterns", {}).items()
    }


def list_examples(run: Run) -> dict[Kind, tuple[int, str]]:
    """The listed rows by group: how many, and one value. 明细示例。"""
    if not run.rows_version:
        return {}
    with pool.engine() as connection:
        rows = connection.execute(
            f"SELECT rule, coalesce(field, ''), left(coalesce(pattern, ''), {PATTERN_LENGTH}),"
            f" count(*), min(value) FROM {pool.relation(run.rows_version)} GROUP BY 1, 2, 3"
        ).fetchall()
    return {
        (rule, field, pattern): (int(n), value or "") for rule, field, pattern, n, value in rows
    }


def count_excused(run: Run) -> dict[Kind, int]:
    """Of the failing rows, those that are excused one by one. 逐行例外计数。"""
    counts: dict[Kind, int] = {}
    for kind, _ in list_excused(run, row_excuses(run)):
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def list_excused(run: Run, excuses: Iterable[Excuse]) -> Iterator[tuple[Kind, int]]:
    """The failing rows of a run that these excuses are about, with their group. 例外所指的行。

    By key and value where the row has a key, else by all that stands in it.
    """
    wanted = {(one.rule, one.field, one.key, one.value_digest) for one in excuses}
    if not wanted or not run.rows_version:
        return
    keys = sorted({key for _, _, key, _ in wanted if not key.startswith(MARK)})
    unkeyed = sorted({rule for rule, _, key, _ in wanted if key.startswith(MARK)})
    with pool.engine() as connection:
        answer = connection.execute(
            "SELECT rule, coalesce(field, ''), coalesce(pattern, ''), coalesce(key, ''), value, row"
            f" FROM {pool.relation(run.rows_version)} WHERE key IN (SELECT unnest(?::VARCHAR[]))"
            " OR coalesce(key, '') = '' AND rule IN (SELECT unnest(?::VARCHAR[]))",
            [keys, unkeyed],
        )
        while block := answer.fetchmany(BLOCK):
            signs = digest_rows(run.pool_version, [int(one[5]) for one in block if not one[3]])
            for rule, field, pattern, key, value, row in block:
                sign = key or signs.get(int(row), "")
                if (rule, field, sign, digest_value(value)) in wanted:
                    yield (rule, field, pattern[:PATTERN_LENGTH]), int(row)


def row_excuses(run: Run) -> QuerySet[Excuse]:
    """The excuses of single rows that hold now. 有效的逐行例外。"""
    return holding_excuses(run.resource).exclude(key="")


def holding_excuses(resource_id: str) -> QuerySet[Excuse]:
    """The accepted excuses of a resource that have not ended. 有效例外。"""
    accepted = Excuse.objects.filter(resource=resource_id, state=ExcuseState.ACCEPTED)
    running = accepted.filter(ended_at__isnull=True)
    return running.exclude(until__lt=now().date())


def write_groups(run: Run, found: Mapping[Kind, Tally]) -> list[Group]:
    """Make, renew and close the groups of a resource; gives all that changed state or count. 写问题组。"""
    resource = catalog.get_resources([run.resource]).get(run.resource)
    results = {one.rule: one for one in Result.objects.filter(run=run)}
    excused = {
        (one.rule, one.field, one.pattern) for one in holding_excuses(run.resource).filter(key="")
    }
    known = {
        (one.rule, one.field, one.pattern): one
        for one in Group.objects.select_for_update().filter(resource=run.resource)
    }
    masks = masks_of(run)
    sent = set(sent_groups(one.id for one in known.values()))
    touched: list[Group] = []
    for kind in [*known, *(one for one in found if one not in known)]:
        group = known.get(kind) or new_group(run, kind)
        tally = found.get(kind, Tally(0, ""))
        group.owner = resource.owner if resource else group.owner
        describe_rule(group, results.get(group.rule))
        group.state = next_state(tally, excused=kind in excused, sent=group.id in sent)
        group.rows, group.excused, group.last_run = tally.rows, tally.excused, run.id
        group.example = mask_example(masks, group.field, tally.example)
        group.updated_at = now()
        group.save()
        touched.append(group)
    return touched


def new_group(run: Run, kind: Kind) -> Group:
    """A group that was not there before. 新问题组。"""
    rule, field, pattern = kind
    return Group(
        resource=run.resource, rule=rule, field=field, pattern=pattern, first_run=run.id, rows=0
    )


def describe_rule(group: Group, result: Result | None) -> None:
    """Titles and severity as of the run; a rule that is gone keeps its last words. 规则名称。"""
    if result is None:
        return
    group.severity = result.severity or Severity.ERROR
    group.title_zh = str(result.spec.get("title_zh") or result.rule)[:300]
    group.title_en = str(result.spec.get("title_en") or result.rule)[:300]


def next_state(tally: Tally, *, excused: bool, sent: bool) -> str:
    """Where a group stands after a run. 问题组状态流转。"""
    if not tally.rows:
        return GroupState.FIXED
    if excused or tally.excused >= tally.rows:
        return GroupState.EXCUSED
    return GroupState.SENT if sent else GroupState.OPEN


def sent_groups(group_ids: Iterable[str]) -> QuerySet[NoticeLine, str]:
    """Of these groups, those on a notice that is out. 已下发的问题组。"""
    lines = NoticeLine.objects.filter(group_id__in=list(group_ids), notice__state__in=SENT_OUT)
    return lines.values_list("group_id", flat=True)


def masks_of(run: Run) -> Mapping[str, str]:
    """What masks each column for those who may see nothing whole. 脱敏列。"""
    resource = catalog.get_resources([run.resource]).get(run.resource)
    if resource is None:
        return {}
    columns = pool.get_version(run.pool_version).columns
    return catalog.sight_of(SYSTEM, resource, columns).masks


def mask_example(masks: Mapping[str, str], field: str, value: str) -> str:
    """An example that anyone who reads findings may see. 脱敏示例。"""
    if field not in masks:
        # A field of several columns shows only where none of them is personal.
        parts = [part.strip() for part in field.split(",")]
        return "***" if value and any(part in masks for part in parts) else value[:200]
    return (catalog.hide(masks[field], value) or "")[:200] if value else ""


def follow_notices(act: Act, group_ids: Iterable[str]) -> int:
    """Settle lines whose group is fixed or excused, close notices that are all settled. 更新整改单。"""
    lines = NoticeLine.objects.filter(group_id__in=list(group_ids), notice__state__in=SENT_OUT)
    touched: set[str] = set()
    for line in lines.select_related("group"):
        state = line_state(line)
        if state != line.state:
            line.state = state
            line.save(update_fields=["state"])
        touched.add(line.notice_id)
    return sum(close_settled(act, notice_id) for notice_id in sorted(touched))


def line_state(line: NoticeLine) -> str:
    """What became of a line, by the state of its group. 整改项状态。"""
    if line.group.state == GroupState.FIXED:
        return LineState.FIXED
    if line.group.state == GroupState.EXCUSED:
        return LineState.EXCUSED
    # What was fixed and came back is open again; what a return left alone stays said so.
    return LineState.UNCHANGED if line.state == LineState.UNCHANGED else LineState.OPEN


def close_settled(act: Act, notice_id: str) -> bool:
    """Close a notice on which nothing is open. 自动销号。"""
    open_lines = NoticeLine.objects.filter(
        notice_id=notice_id, state__in=[LineState.OPEN, LineState.UNCHANGED]
    )
    if open_lines.exists():
        return False
    closed = Notice.objects.filter(id=notice_id, state__in=SENT_OUT).update(
        state=NoticeState.CLOSED, closed_at=act.at
    )
    return bool(closed)
