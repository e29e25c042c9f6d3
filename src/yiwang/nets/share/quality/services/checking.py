"""Checking a version by its rules, from nothing or from an earlier run. 质量检查引擎。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW, Staged, VersionInfo
from yiwang.nets.share.quality.types import ROW_COLUMNS, RuleKind, RuleResult, RuleSpec

from .compiling import columns_of
from .tallying import LISTED, Counter, Tally, add_patterns
from .uniqueness import Repeated, count_repeated, recount_repeated

MOSTLY_NEW = 0.5
"""Where more than this share of the rows came since, everything is read anew."""


@dataclass(frozen=True, slots=True)
class Base:
    """An earlier run that a version stands on. 基准检查。

    `results` by the digest of the rule; `rows_version` lists its failing rows.
    """

    version: str
    rows_version: str
    results: Mapping[str, RuleResult]


@dataclass(frozen=True, slots=True)
class Checked:
    """What every rule came to, and the failing rows waiting to be committed. 检查结果。"""

    results: tuple[RuleResult, ...]
    listing: Staged | None


def check_version(
    version: VersionInfo,
    rules: Sequence[RuleSpec],
    *,
    base: Base | None = None,
    with_rows: bool = True,
    progress: Callable[[int, int], None] | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Checked:
    """Check a version. 检查一个版本。

    With a `base` only rows that came since, and those that they replaced, are read for the rules
    that the base knows; the answer is the same as without.
    """
    with pool.engine(stopping=stopping, layered=True) as connection:
        work = Checking(connection, version, rules, base)
        work.listing = with_rows
        for done, step in enumerate(work.steps()):
            if progress is not None:
                progress(done, work.planned)
            step()
        listing = work.stage() if with_rows else None
        return Checked(tuple(work.results[rule.code] for rule in rules), listing)


class Checking:
    """One check on one connection. 检查过程。"""

    def __init__(
        self,
        connection: pool.Connection,
        version: VersionInfo,
        rules: Sequence[RuleSpec],
        base: Base | None,
    ) -> None:
        self.connection, self.version, self.listing = connection, version, True
        self.base = base if base and self._worth(base) else None
        known = self.base.results if self.base else {}
        self.old = [rule for rule in rules if rule.digest() in known]
        self.new = [rule for rule in rules if rule.digest() not in known]
        self.counter = Counter(
            connection, version.columns, pool.list_arrivals(version.id), version.key
        )
        self.results: dict[str, RuleResult] = {}
        self.planned = 1

    def _worth(self, base: Base) -> bool:
        before = pool.get_version(base.version)
        return before.columns == self.version.columns and pool.count_since(
            self.version.id, base.version
        ) <= MOSTLY_NEW * max(self.version.rows, 1)

    def steps(self) -> list[Callable[[], None]]:
        """What is to be done, one after the other. 步骤。"""
        found: list[Callable[[], None]] = []
        if self.new:
            found.append(self.count_all)
            found += [partial(self.count_unique, rule) for rule in _unique(self.new)]
        if self.old:
            found += [self.hold_changes, self.count_changes]
            found += [partial(self.recount_unique, rule) for rule in _unique(self.old)]
            found.append(self.carry_listing)
        self.planned = len(found) + 1
        return found

    def count_all(self) -> None:
        """Count the rules that no earlier run knows, over all rows. 全量计数。"""
        tally = self.counter.count(
            self.new, pool.relation(self.version.id), self.version.rows, listing=self.listing
        )
        for rule in _plain(self.new):
            self.results[rule.code] = RuleResult(
                rule, tally.checked[rule.code], tally.failed[rule.code],
                scanned_rows=self.version.rows, patterns=add_patterns((1, tally.patterns[rule.code])),
            )  # fmt: skip

    def count_unique(self, rule: RuleSpec) -> None:
        """Count repeated keys over all rows. 全量唯一性。"""
        found = count_repeated(self.connection, rule, pool.relation(self.version.id), "repeated")
        self._set_unique(rule, found, self.version.rows, 0)

    def hold_changes(self) -> None:
        """Keep what came and what was replaced since the base, as far as rules need it. 变化行。"""
        assert self.base is not None  # noqa: S101 - only asked with a base
        base, version = self.base.version, self.version
        self.connection.execute(
            f"CREATE TEMP TABLE came AS SELECT {self._needed(self.old)}"
            f" FROM {pool.relation_since(version.id, base)}"
        )
        self.connection.execute(
            f"CREATE TEMP TABLE gone_rows AS SELECT {ROW} FROM {pool.relation_replaced(version.id, base)}"
        )
        self.came, self.gone = self._count("came"), self._count("gone_rows")
        self.before = pool.get_version(base).rows
        less = [rule for rule in self.old if not self._is_spotless(rule)]
        rows = pool.relation_picked(base, "gone_rows") if self.gone else "came LIMIT 0"
        self.connection.execute(
            f"CREATE TEMP TABLE gone AS SELECT {self._needed(less)} FROM {rows}"
        )

    def _needed(self, rules: Sequence[RuleSpec]) -> str:
        names = [*self.version.key, *(name for rule in rules for name in columns_of(rule))]
        return pool.name_list([*dict.fromkeys(names), ROW])

    def _is_spotless(self, rule: RuleSpec) -> bool:
        """Whether every row of the base passed: then those that went did, and need not be read."""
        assert self.base is not None  # noqa: S101 - only asked with a base
        before = self.base.results[rule.digest()]
        return rule.kind != RuleKind.UNIQUE and not before.failed and before.checked == self.before

    def count_changes(self) -> None:
        """Add what came, take away what was replaced. 增量计数。"""
        more = self.counter.count(self.old, "came", self.came, listing=self.listing)
        read = [rule for rule in self.old if self.gone and not self._is_spotless(rule)]
        less = self.counter.count(read, "gone", self.gone, listing=False)
        for rule in _plain(self.old):
            self.results[rule.code] = self._moved(rule, more, less)

    def _moved(self, rule: RuleSpec, more: Tally, less: Tally) -> RuleResult:
        assert self.base is not None  # noqa: S101 - only asked with a base
        before, code = self.base.results[rule.digest()], rule.code
        return RuleResult(
            rule,
            before.checked + more.checked[code] - less.checked.get(code, self.gone),
            before.failed + more.failed[code] - less.failed.get(code, 0),
            scanned_rows=self.came + self.gone,
            reused_rows=self.version.rows - self.came,
            patterns=add_patterns(
                (1, before.patterns), (1, more.patterns[code]), (-1, less.patterns.get(code, {}))
            ),
        )

    def recount_unique(self, rule: RuleSpec) -> None:
        """Look again at the keys that came or went. 增量唯一性。"""
        assert self.base is not None  # noqa: S101 - only asked with a base
        before = self.base.results[rule.digest()]
        kinds = pool.list_kinds(self.version.id, self.base.version)
        keyed = set(rule.fields) == set(self.version.key) and "append" not in kinds
        # By their own key, rows that share one with what came are just those that it replaced.
        source = "gone" if keyed else pool.relation(self.base.version)
        table = f"repeated_{len(self.results)}"
        found = recount_repeated(
            self.connection, rule, Repeated(before.checked, before.failed), source, table
        )
        if self.listing:
            self._drop_listed(rule, f"{table}_before")
        self._set_unique(rule, found, self.came + self.gone, self.version.rows - self.came, table)

    def _drop_listed(self, rule: RuleSpec, table: str) -> None:
        self.connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS looked_again (rule VARCHAR, row BIGINT)"
        )
        self.connection.execute(
            f"INSERT INTO looked_again SELECT ?, {ROW} FROM {table}", [rule.code]
        )

    def _set_unique(
        self, rule: RuleSpec, found: Repeated, scanned: int, reused: int, table: str = "repeated"
    ) -> None:
        patterns = {"repeated": found.failed} if found.failed else {}
        self.results[rule.code] = RuleResult(
            rule, found.checked, found.failed, scanned, reused, patterns
        )
        if not self.listing or not found.failed:
            return
        value = "array_to_string(k, ' / ')"
        key = "array_to_string(k, chr(31))" if rule.fields == self.version.key else "''"
        self.connection.execute(
            f"INSERT INTO listing BY NAME SELECT ?::VARCHAR AS rule, r AS row, {key} AS key,"
            f" ?::VARCHAR AS field, {value} AS value, 'repeated' AS pattern, '' AS suggestion"
            f" FROM {table} ORDER BY k, r LIMIT {LISTED}",
            [rule.code, rule.fields[0]],
        )

    def carry_listing(self) -> None:
        """Take over what the base listed of rows that are still there. 沿用明细。"""
        if not self.listing or not self.base or not self.base.rows_version:
            return
        codes = [rule.code for rule in self.old]
        looked = "AND (rule, row::BIGINT) NOT IN (SELECT (rule, row) FROM looked_again)"
        self.connection.execute(
            f"INSERT INTO listing BY NAME SELECT {', '.join(ROW_COLUMNS[:1])}, row::BIGINT AS row,"
            f" {', '.join(ROW_COLUMNS[2:])} FROM {pool.relation(self.base.rows_version)}"
            f" WHERE rule IN (SELECT unnest(?::VARCHAR[]))"
            f" AND row::BIGINT NOT IN (SELECT {ROW} FROM gone)"
            + (looked if _unique(self.old) else ""),
            [codes],
        )

    def stage(self) -> Staged | None:
        """The listing in order, as a table of the pool; None where nothing failed. 暂存明细。"""
        if not self._count("listing"):
            return None
        columns = ", ".join("row::VARCHAR AS row" if n == "row" else n for n in ROW_COLUMNS)
        return pool.stage_query(
            self.connection,
            f"SELECT {columns} FROM listing ORDER BY listing.rule, pattern, listing.row",
            ROW_COLUMNS,
        )

    def _count(self, table: str) -> int:
        found = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0


def _unique(rules: Sequence[RuleSpec]) -> list[RuleSpec]:
    return [rule for rule in rules if rule.kind == RuleKind.UNIQUE]


def _plain(rules: Sequence[RuleSpec]) -> list[RuleSpec]:
    return [rule for rule in rules if rule.kind != RuleKind.UNIQUE]
