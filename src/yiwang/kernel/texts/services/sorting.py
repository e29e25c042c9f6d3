"""Texts of records put into groups as they come. 增量归并。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Record, Texts, Wanted
from yiwang.kernel.texts.models import TextCursor, TextGroup, TextKey, TextTrace

from .grams import count_grams, rarity
from .grouping import COMPARED_AT_MOST, Match, Trace, find_match, pick_candidates, trace_of
from .training import find_texts

BATCH = 200
OVERLAP = timedelta(minutes=10)
COUNTED_AT_MOST = 20_000
GROWN = 2
"""Which pieces are rare is counted anew once there are so many times more texts. 重算倍数。"""
LOOKED_AT = 4 * COMPARED_AT_MOST
"""Of those that share a key the newest so many are looked at. 每键候选上限。"""


def sort_texts(code: str, *, check: Callable[[], None] = lambda: None) -> int:
    """Put what came or changed since the last time into groups; how many. 归并新增文本。

    One worker at a time per entity. What was grouped by a person stays where it is.
    """
    texts = find_texts(code)
    if texts is None:
        return 0
    cursor, _ = TextCursor.objects.get_or_create(entity=code)
    sorter = _Sorter(code, texts, cursor)
    count = 0
    for page in _changed(code, cursor.changed_at):
        check()
        with transaction.atomic():
            known = _known(code, page)
            count += sum(sorter.take(one, known.get(one.id)) for one in page)
            cursor.changed_at = _stamp(page[-1].updated_at)
            cursor.save()
    return count


def forget_removed(code: str) -> int:
    """Nothing is kept of the text of a record that is gone; how many were forgotten. 清除已删记录特征。"""
    standing = {row[0] for row in records.stream_all(code, [])}
    known = TextTrace.objects.filter(entity=code).values_list("record", flat=True)
    gone = [one for one in known.iterator() if one not in standing]
    for at in range(0, len(gone), BATCH):
        TextTrace.objects.filter(entity=code, record__in=gone[at : at + BATCH]).delete()
    return len(gone)


def _changed(code: str, since: str) -> Iterator[list[Record]]:
    """Records in the order of their last change, from a moment on, some at a time."""
    desk = records.system_desk()
    after: list[Any] | None = None
    if since:
        # An act that began earlier may be written later than what was read last.
        after = [_stamp(datetime.fromisoformat(since) - OVERLAP), ""]
    while True:
        wanted = Wanted(order=("_updated_at",), after=after, limit=BATCH)
        page = records.list_records(desk, code, wanted)
        if page.records:
            yield list(page.records)
        if page.after is None:
            return
        after = page.after


def _known(code: str, page: Sequence[Record]) -> dict[str, TextTrace]:
    rows = TextTrace.objects.filter(entity=code, record__in=[one.id for one in page])
    return {row.record: row for row in rows}


def _stamp(moment: datetime) -> str:
    """A moment as the column of records holds it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class _Sorter:
    """One run over the texts of an entity. 归并过程。"""

    def __init__(self, code: str, texts: Texts, cursor: TextCursor) -> None:
        self.code, self.texts, self.cursor = code, texts, cursor
        self.rare: Mapping[str, float] = json.loads(cursor.rare)
        self.count = TextTrace.objects.filter(entity=code).count()

    def take(self, record: Record, row: TextTrace | None) -> bool:
        """Keep the trace of a record and group it; False where its text has not changed."""
        told = [str(record.values.get(key) or "") for key in self.texts.of]
        digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
        if not any(told) or (row and row.digest == digest):
            return False
        self._count_rare()
        trace = trace_of(told, self.rare)
        row = row or TextTrace(entity=self.code, record=record.id)
        row.digest, row.vector = digest, trace.vector
        row.at, row.place = self._when(record), str(record.values.get(self.texts.place) or "")[:200]
        if not row.placed_by:
            self._place(row, self._find_match(trace, row))
        row.save()
        self._write_keys(row, trace)
        self.count += 1
        return True

    def _place(self, row: TextTrace, match: Match | None) -> None:
        near = TextTrace.objects.get(pk=int(match.ref)) if match else None
        row.likeness = match.likeness if match else 0
        row.repeats = near.record if near and match and match.repeats else ""
        row.group = (
            near.group if near else TextGroup.objects.create(entity=self.code, created_at=now())
        )

    def _find_match(self, trace: Trace, row: TextTrace) -> Match | None:
        shared = TextKey.objects.filter(entity=self.code, key__in=trace.keys)
        near = shared.exclude(trace=row.pk) if row.pk else shared
        found = near.order_by("-trace").values_list("trace_id", flat=True)
        ids = pick_candidates(str(one) for one in found[: LOOKED_AT * 2])
        vectors = TextTrace.objects.filter(pk__in=ids).values_list("pk", "vector")
        return find_match(trace, {str(pk): vector for pk, vector in vectors})

    def _write_keys(self, row: TextTrace, trace: Trace) -> None:
        TextKey.objects.filter(trace=row).delete()
        TextKey.objects.bulk_create(
            [TextKey(trace=row, entity=self.code, key=key) for key in trace.keys]
        )

    def _when(self, record: Record) -> datetime:
        found = record.values.get(self.texts.at)
        if isinstance(found, datetime):
            return found
        return record.created_at

    def _count_rare(self) -> None:
        """Which pieces are rare is counted over the records, again and again as they grow."""
        if self.rare and self.count < GROWN * self.cursor.counted:
            return
        rows = records.stream_all(self.code, self.texts.of)
        counted = [
            count_grams([one or "" for one in row[1:]])
            for row, _ in zip(rows, range(COUNTED_AT_MOST), strict=False)
        ]
        # Of few texts every piece is rare; a piece of one text alone must still find its repeat.
        self.rare = rarity(counted) or {gram: 1.0 for one in counted for gram in one}
        self.cursor.rare = json.dumps(self.rare, ensure_ascii=False)
        self.cursor.counted = max(1, len(counted))
