"""What becomes of each answer of a returned workbook. 逐行判定回执。

Nothing is taken on trust: the row must still hold the value that was found wrong, the corrected
row must keep the rules, and the corrected register must be one that a delivery can make.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yiwang.kernel.base.text import msg
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.types import Answer

from .amending import can_amend, keep_numbers, read_rows
from .digests import digest_value
from .rechecking import Row, find_failures
from .returned import Given

Key = tuple[str, ...]

CORRECTED, REMOVED, EXCUSED, SILENT = "corrected", "removed", "excused", "unchanged"
VERDICTS = {
    CORRECTED: msg("Corrected and taken"),
    REMOVED: msg("Row removed"),
    EXCUSED: msg("Value is right, with a reason"),
    SILENT: msg("No answer, or not known"),
    "missing": msg("Line deleted from the workbook"),
    "unreadable": msg("Answer not understood"),
    "no_value": msg("Corrected, but no other value is given"),
    "no_reason": msg("Value is right, but no reason is given"),
    "no_field": msg("It is about several columns: correct them at the source"),
    "still_wrong": msg("The corrected value breaks a rule too"),
    "conflict": msg("The value was changed meanwhile"),
    "gone": msg("The row is not there any more"),
    "no_key": msg("The register has no key: send the whole register again"),
    "blank_key": msg("The row's key is blank: send the whole register again"),
    "repeated_key": msg("Several rows have this key: send the whole register again"),
    "key_taken": msg("Another row has this key already"),
}
"""What can become of a line; those after the first four are told one by one."""
GOOD = (CORRECTED, REMOVED, EXCUSED, SILENT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one line. 判定。"""

    given: Given
    code: str


@dataclass(slots=True)
class Judged:
    """The answers for one register judged, and the rows that a delivery takes. 一册的判定结果。

    `upserts` are whole rows in the order of `columns`, `deletes` the keys that go. A register
    without a key is written anew: `amended` rows and `dropped` ones by their numbers.
    """

    resource: catalog.ResourceInfo
    version: VersionInfo
    columns: tuple[str, ...]
    verdicts: list[Verdict] = field(default_factory=list)
    upserts: list[Row] = field(default_factory=list)
    deletes: list[Key] = field(default_factory=list)
    amended: dict[int, Row] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    def counts(self) -> Counter[str]:
        """How many lines came to what. 判定计数。"""
        return Counter(one.code for one in self.verdicts)


def judge(resource: catalog.ResourceInfo, given: Sequence[Given]) -> Judged | None:
    """Judge the answers for one register against its newest version. 判定一册。

    None where the register holds nothing any more.
    """
    newest = pool.find_latest(resource.table) if resource.table else None
    if newest is None:
        return None
    judged = Judged(resource, newest, newest.columns)
    work = _Work(judged)
    work.sort(given)
    work.apply()
    return judged


class _Work:
    """One register's answers on their way to verdicts. 判定过程。"""

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        self.columns = list(judged.columns)
        self.key = [name for name in judged.resource.key if name in judged.columns]
        self.now: dict[int, Row] = {}
        self.changes: dict[int, dict[str, str]] = {}
        self.removed: set[int] = set()
        self.lines: dict[int, list[Given]] = {}
        self.around: dict[int, Row] = {}

    def settle(self, given: Given, code: str) -> None:
        """Note a verdict. 记判定。"""
        self.judged.verdicts.append(Verdict(given, code))

    def sort(self, given: Sequence[Given]) -> None:
        """Settle what needs no row; collect what changes one. 分拣答复。"""
        wanted: list[Given] = []
        for one in given:
            code = first_look(one, self.columns)
            if code:
                self.settle(one, code)
            else:
                wanted.append(one)
        for one, row in find_rows_now(self.judged, self.key, wanted):
            self._collect(one, row)

    def _collect(self, one: Given, found: tuple[int, Row] | None) -> None:
        if found is None:
            self.settle(one, "gone")
            return
        number, row = found
        at = self.columns.index(one.field) if one.field in self.columns else -1
        if at >= 0 and digest_value(row[at]) != one.digest:
            self.settle(one, "conflict")
        elif one.answer == Answer.RIGHT:
            self.settle(one, EXCUSED)
        elif one.answer == Answer.CORRECTED and not is_new(one.value, row[at]):
            self.settle(one, "no_value")
        else:
            self._change(one, number, row)

    def _change(self, one: Given, number: int, row: Row) -> None:
        self.now[number] = row
        self.lines.setdefault(number, []).append(one)
        if one.answer == Answer.REMOVE:
            self.removed.add(number)
        else:
            self.changes.setdefault(number, {})[one.field] = one.value or ""

    def apply(self) -> None:
        """Check the corrected rows, then whether a delivery can bring them. 落实更正。

        By key where the register has one; else the whole register is written anew, up to a size.
        """
        if not self.key and not can_amend(self.judged.version):
            self._refuse(self.lines, "no_key")
            return
        if self.key:
            blank = [one for one in self.lines if not self._key_of(self.now[one])]
            self._refuse(blank, "blank_key")
        self._refuse_wrong()
        if self.key:
            self._plan()
        else:
            self.judged.dropped = {one for one in self.lines if one in self.removed}
            kept = self.lines.keys() - self.removed
            self.judged.amended = {one: self._changed(one) for one in kept}
        for number, lines in self.lines.items():
            code = REMOVED if number in self.removed else CORRECTED
            for one in lines:
                self.settle(one, code)

    def _refuse(self, numbers: Iterable[int], code: str) -> None:
        for number in list(numbers):
            for one in self.lines.pop(number):
                self.settle(one, code)
            self.changes.pop(number, None)
            self.removed.discard(number)

    def _refuse_wrong(self) -> None:
        """Corrections that break a rule are told; the row's other corrections may still stand."""
        rows = {
            number: self._changed(number) for number in self.changes if number not in self.removed
        }
        failures = find_failures(self.judged.resource.id, self.columns, rows)
        for number, failing in failures.items():
            self._drop_failing(number, failing)

    def _drop_failing(self, number: int, failing: frozenset[str]) -> None:
        kept = []
        for one in self.lines[number]:
            if one.field in failing:
                self.settle(one, "still_wrong")
                self.changes[number].pop(one.field, None)
            else:
                kept.append(one)
        if kept:
            self.lines[number] = kept
        else:
            self.lines.pop(number)
            self.changes.pop(number, None)

    def _changed(self, number: int) -> Row:
        changes = self.changes.get(number, {})
        return tuple(
            changes.get(name, cell)
            for name, cell in zip(self.columns, self.now[number], strict=True)
        )

    def _key_of(self, row: Row) -> Key | None:
        parts = [row[self.columns.index(name)] for name in self.key]
        return tuple(part or "" for part in parts) if all(p and p.strip() for p in parts) else None

    def _plan(self) -> None:
        """Rows to write and keys to delete; what cannot be said by key is refused. 编制更正。

        A refused row changes what is left of its key, so this goes round until nothing is refused.
        """
        keys = {self._key_of(self.now[number]) for number in self.lines}
        keys |= {self._key_of(self._changed(one)) for one in self.changes if one in self.lines}
        self.around = find_by_key(self.judged, self.key, [key for key in keys if key])
        while self._plan_once():
            pass

    def _plan_once(self) -> bool:
        after: dict[Key, list[int]] = {}
        for number in {*self.around, *self.lines}:
            if number not in self.removed or number not in self.lines:
                key = self._key_of(self._row(number))
                if key is None:
                    self._refuse([number], "blank_key")
                    return True
                after.setdefault(key, []).append(number)
        crowded = {key: some for key, some in after.items() if len(some) > 1}
        refused = self._refuse_crowded(crowded)
        if not refused:
            self._write(after)
        return refused

    def _refuse_crowded(self, crowded: Mapping[Key, list[int]]) -> bool:
        refused = False
        for key, some in crowded.items():
            mine = [one for one in some if one in self.lines]
            moved = [one for one in mine if self._key_of(self.now[one]) != key]
            # Rows taken away from a key leave it crowded too: they go back first.
            left = [
                one for one in self.lines if one not in some and self._key_of(self.now[one]) == key
            ]
            for numbers, code in (
                (moved, "key_taken"),
                (mine, "repeated_key"),
                (left, "repeated_key"),
            ):
                still = [one for one in numbers if one in self.lines]
                if still:
                    self._refuse(still, code)
                    refused = True
                    break
        return refused

    def _write(self, after: Mapping[Key, list[int]]) -> None:
        touched = {self._key_of(self.now[number]) for number in self.lines}
        touched |= {
            self._key_of(self._changed(one)) for one in self.lines if one not in self.removed
        }
        for key in sorted(key for key in touched if key):
            numbers = after.get(key, [])
            if not numbers:
                self.judged.deletes.append(key)
            else:
                self.judged.upserts.append(self._row(numbers[0]))

    def _row(self, number: int) -> Row:
        return self._changed(number) if number in self.lines else self.around[number]


def is_new(value: str | None, before: str | None) -> bool:
    """Whether a corrected value says something else than what stood there. 是否新值。"""
    return bool(value and value.strip()) and value != before


def first_look(given: Given, columns: Sequence[str]) -> str:
    """The verdict of an answer that needs no look at the row, or nothing. 初判。"""
    if given.answer in ("", Answer.UNKNOWN):
        return SILENT
    if given.answer == Answer.RIGHT:
        return "" if len(given.reason) >= 2 else "no_reason"
    if given.answer == Answer.CORRECTED and given.field not in columns:
        return "no_field"
    return ""


def find_rows_now(
    judged: Judged, key: Sequence[str], given: Sequence[Given]
) -> list[tuple[Given, tuple[int, Row] | None]]:
    """Each line with its row as it stands today: number and cells, None where it is gone. 查当前行。

    Row numbers last until a row is replaced or a full delivery comes; then the key knows it again.
    """
    found: list[tuple[Given, tuple[int, Row] | None]] = []
    for version_id in sorted({one.version for one in given}):
        lines = [one for one in given if one.version == version_id]
        rows = rows_now(judged, key, version_id, [one.row for one in lines])
        found += [(one, rows.get(one.row)) for one in lines]
    return found


def rows_now(
    judged: Judged, key: Sequence[str], version_id: str, rows: Sequence[int]
) -> dict[int, tuple[int, Row]]:
    """Rows of an earlier version as they stand now, by their number then. 旧行号对应的现行。"""
    issued = pool.get_version(version_id)
    if issued.table_id != judged.version.table_id or issued.state != "live":
        return {}
    found: dict[int, tuple[int, Row]] = {}
    if lasts(issued, judged.version):
        found = {
            number: (number, row)
            for number, row in read_rows(judged.version.id, judged.columns, rows)
        }
    left = [number for number in rows if number not in found]
    if left and key and set(key) <= set(issued.columns):
        found |= rows_by_key(judged, key, version_id, left)
    return found


def rows_by_key(
    judged: Judged, key: Sequence[str], version_id: str, rows: Sequence[int]
) -> dict[int, tuple[int, Row]]:
    """Rows of an earlier version known again by a key that one row has now. 按主键对应。"""
    names = ", ".join(pool.quote_name(name) for name in key)
    listed = ", ".join(f"n.{pool.quote_name(name)}" for name in judged.columns)
    with pool.engine() as connection:
        answer = connection.execute(
            f"WITH was AS (SELECT _row AS old, {names} FROM {pool.relation(version_id)}"
            " SEMI JOIN (SELECT unnest(?::BIGINT[]) AS _row) USING (_row))"
            f" SELECT was.old, count(*) OVER (PARTITION BY was.old), n._row, {listed}"
            f" FROM was JOIN {pool.relation(judged.version.id)} AS n USING ({names})",
            [list(rows)],
        ).fetchall()
    return {int(one[0]): (int(one[2]), tuple(one[3:])) for one in answer if one[1] == 1}


def lasts(issued: VersionInfo, newest: VersionInfo) -> bool:
    """Whether row numbers of a version still hold in a later one. 行号是否延续。"""
    if issued.id == newest.id:
        return True
    later = [
        one
        for one in pool.list_versions(newest.table_id)
        if issued.number < one.number <= newest.number and one.state == "live"
    ]
    whole = [one.id for one in later if one.kind == "full"]
    return newest.number > issued.number and set(whole) <= keep_numbers(whole)


def find_by_key(judged: Judged, key: Sequence[str], keys: Sequence[Key]) -> dict[int, Row]:
    """All rows of the newest version that have one of these keys. 按主键取现行。"""
    if not keys:
        return {}
    listed = ", ".join(pool.quote_name(name) for name in judged.columns)
    wanted = ", ".join(f"unnest(?::VARCHAR[]) AS {pool.quote_name(name)}" for name in key)
    names = ", ".join(pool.quote_name(name) for name in key)
    with pool.engine() as connection:
        answer = connection.execute(
            f"SELECT _row, {listed} FROM {pool.relation(judged.version.id)}"
            f" SEMI JOIN (SELECT {wanted}) USING ({names})",
            [[one[at] for one in keys] for at in range(len(key))],
        ).fetchall()
    return {int(one[0]): tuple(one[1:]) for one in answer}
