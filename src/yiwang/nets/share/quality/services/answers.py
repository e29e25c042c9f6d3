"""What a judged return leaves on record: excuses, counts, what was not taken. 回执结果登记。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from yiwang.kernel.base.act import Act
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.quality.models import Excuse, Group, Notice, NoticeLine, NoticeReturn, Run

from .amending import digest_row, digest_rows
from .excusing import new_excuse
from .judging import EXCUSED, GOOD, Judged, Verdict
from .returned import Given, Returned

LISTED_PROBLEMS = 1_000


def excuse_right(act: Act, found: NoticeReturn, judged: Sequence[Judged]) -> None:
    """An excuse for each value that is said to be right. 登记例外。"""
    verdicts = [one for some in judged for one in some.verdicts if one.code == EXCUSED]
    groups = Group.objects.in_bulk({id_ for one in verdicts for id_ in one.given.groups})
    keys = _find_keys(found.notice, verdicts)
    # What the same workbook corrects elsewhere in the row belongs to the row that is known again.
    amended = {
        (given.version, given.row): digest_row(one.amended[given.row])
        for one in judged
        for given in (verdict.given for verdict in one.verdicts)
        if given.row in one.amended
    }
    keys |= amended
    made: list[Excuse] = []
    for one in verdicts:
        key = keys[one.given.version, one.given.row]
        made += [
            new_excuse(
                act, groups[id_], one.given.reason, None, key=key, digest=one.given.digest,
                notice=found.notice_id,
            )
            for id_ in one.given.groups
            if id_ in groups
        ]  # fmt: skip
    Excuse.objects.bulk_create(made, batch_size=1_000)


def _find_keys(notice: Notice, verdicts: Sequence[Verdict]) -> dict[tuple[str, int], str]:
    """The key text of rows, as the run that found them listed it; else a sign of the whole row. 取主键。"""
    found: dict[tuple[str, int], str] = {}
    runs = Run.objects.filter(id__in=NoticeLine.objects.filter(notice=notice).values("run_id"))
    for run in runs.exclude(rows_version=""):
        rows = [str(one.given.row) for one in verdicts if one.given.version == run.pool_version]
        if not rows:
            continue
        with pool.engine() as connection:
            listed = connection.execute(
                f"SELECT DISTINCT row, key FROM {pool.relation(run.rows_version)}"
                " SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS row) USING (row) WHERE key <> ''",
                [rows],
            ).fetchall()
        found |= {(run.pool_version, int(row)): key for row, key in listed}
    wanted: dict[str, list[int]] = {}
    for one in verdicts:
        if (one.given.version, one.given.row) not in found:
            wanted.setdefault(one.given.version, []).append(one.given.row)
    for version, numbers in wanted.items():
        found |= {(version, row): sign for row, sign in digest_rows(version, numbers).items()}
    return found


def count_answers(returned: Returned, judged: Sequence[Judged]) -> dict[str, int]:
    """How many lines came to what. 答复计数。"""
    counts = sum((one.counts() for one in judged), Counter[str]())
    told = sum(counts.values())
    counts["gone"] += len(returned.given) - told
    counts["unreadable"] += len(returned.troubles)
    counts["missing"] += returned.missing
    return {code: number for code, number in counts.items() if number > 0}


def list_problems(returned: Returned, judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """What was not taken, each with its place; never a value. 未采纳清单。"""
    found = [
        _problem(one.given, one.code)
        for some in judged
        for one in some.verdicts
        if one.code not in GOOD
    ]
    found += [
        {"line": one.number, "sheet": one.sheet, "place": one.place, "field": "", "code": "unreadable",
         "why": one.why}
        for one in returned.troubles
    ]  # fmt: skip
    found.sort(key=lambda one: (str(one["sheet"]), int(one["place"])))
    return found[:LISTED_PROBLEMS]


def _problem(given: Given, code: str) -> dict[str, Any]:
    return {
        "line": given.number, "sheet": given.sheet, "place": given.place, "field": given.field,
        "code": code,
    }  # fmt: skip
