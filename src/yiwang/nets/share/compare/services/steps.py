"""What a comparison does, step by step, on two sides that are held. 比对步骤。

Keys are grouped once over both sides together. Only groups that are not exactly one row here and
one row there are kept, so an ordinary comparison remembers little, and no key, however often it
repeats, is ever multiplied out. One join of the plain keys then finds what differs.

Both go by a hash of 64 bits, which is shorter than the key. It is proven on the way that no two
keys share one: every kept group holds one key, every joined pair has equal keys.

Alternate keys go by a hash `ah` of their parts, proven alike: the join compares the parts of rows
of one key, and rows that stand across under other keys, or whose key repeats, are few and hold as
many texts as hashes. What stands on one side only makes no pair, whatever its hash.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from yiwang.kernel.pool import services as pool
from yiwang.nets.share.compare.types import Counts

from .sides import PAIRS_LISTED, Fragment, Mark, Sides

# Keys that stand on both sides, on one of them more than once.
REPEATED = "(SELECT x AS h FROM odd WHERE x IS NOT NULL AND nl > 0 AND nr > 0)"


class Unproven(Exception):
    """What was counted is not proven; another way must be taken. 未获证明。"""


class Collided(Unproven):
    """Two keys have the same hash. 哈希相撞。"""


class Odd(NamedTuple):
    """Groups that are not one row on each side. 非一一对应的组。

    `table` holds them as `x`, `nl`, `nr`; `singles` counts the groups that are one and one.
    """

    table: str
    singles: int


class Work:
    """The steps of one comparison on one connection, and what they found. 比对步骤。"""

    # Whether alternate keys can be looked at this way.
    alternates = True

    def __init__(self, connection: pool.Connection, sides: Sides, *, with_rows: bool) -> None:
        self.connection, self.sides, self.with_rows = connection, sides, with_rows
        self.found: dict[str, Any] = {}
        self.by_value = [0] * sides.values

    def hold(self, mark: Mark) -> None:
        """Work the expressions out once and keep what they give; it spills where it must. 物化两侧。

        `h` is what rows are grouped and joined by: a hash of the key, or the key.
        """
        self.mark = mark
        for name, side in (("side_left", self.sides.left), ("side_right", self.sides.right)):
            self.run(
                f"CREATE TEMP TABLE {name} AS SELECT * FROM {{0}}", self.sides.marked(side, mark)
            )
        self._hold_as("side_left", "side_right")

    def _hold_as(self, left: str, right: str) -> None:
        self.sides = replace(self.sides, left=Fragment(left, []), right=Fragment(right, []))

    def run(self, sql: str, *fragments: Fragment) -> tuple[Any, ...]:
        """Run SQL in which `{0}`, `{1}` stand for fragments, in that order. 执行。"""
        text = sql.format(*(fragment.sql for fragment in fragments))
        params = [value for fragment in fragments for value in fragment.params]
        row = self.connection.execute(text, params).fetchone()
        return tuple(row) if row else ()

    def group_keys(self) -> None:
        """Blank, repeated, one-sided and matched keys. 键分组。"""
        odd = self._find_odd()
        self._prove_kept()
        blank_left, blank_right, twice_left, twice_right, only_left, only_right, both = self.run(
            """
            SELECT coalesce(sum(nl) FILTER (x IS NULL), 0), coalesce(sum(nr) FILTER (x IS NULL), 0),
                   count(*) FILTER (x IS NOT NULL AND nl > 1),
                   count(*) FILTER (x IS NOT NULL AND nr > 1),
                   count(*) FILTER (x IS NOT NULL AND nr = 0),
                   count(*) FILTER (x IS NOT NULL AND nl = 0),
                   count(*) FILTER (x IS NOT NULL AND nl > 0 AND nr > 0)
            FROM odd
            """
        )
        self.found |= {
            "left_blank_keys": int(blank_left),
            "right_blank_keys": int(blank_right),
            "left_duplicate_keys": twice_left,
            "right_duplicate_keys": twice_right,
            "left_only": only_left,
            "right_only": only_right,
            "matched": odd.singles + both,
        }
        self.singles, self.repeated = odd.singles, both

    def _find_odd(self) -> Odd:
        return self._group("odd", "h", "", self.sides.left_rows)

    def _prove_kept(self) -> None:
        """Every kept group holds one key: there are as many keys as groups."""
        kept = "SEMI JOIN (SELECT x AS h FROM odd) USING (h)"
        (keys, groups) = self.run(
            f"SELECT count(DISTINCT k), (SELECT count(x) FROM odd) FROM"
            f" (SELECT k FROM {{0}} {kept} UNION ALL SELECT k FROM {{1}} {kept})",
            self.sides.left,
            self.sides.right,
        )
        if keys != groups:
            raise Collided

    def join_values(self) -> None:
        """Matched keys of one row each whose values or alternate keys differ. 差异连接。"""
        sides = self.sides
        apart = "l.k <> r.k"
        differ = ["l.k <> r.k", *(f"l.v{i} <> r.v{i}" for i in range(1, sides.values + 1))]
        columns = [f"l.v{i} AS l{i}, r.v{i} AS r{i}" for i in range(1, sides.values + 1)]
        if sides.alternate:
            parts = [f"l.{name} <> r.{name}" for name in sides.alternate]
            differ += [one for one in parts if one not in differ]
            differ.append("NOT coalesce(l.ah = r.ah, false)")
            apart += f" OR coalesce(l.ah = r.ah AND ({' OR '.join(parts)}), false)"
            columns += [f"{sides.alternate_text(f'{s}.')} AS {s}a, {s}.ah AS {s}ah" for s in "lr"]
        guard = f"ANTI JOIN {REPEATED} USING (h)" if self.repeated else ""
        self.run(
            "CREATE TEMP TABLE differing AS SELECT l.k, l.row AS lrow, r.row AS rrow, "
            + ", ".join([*columns, "false AS repeated", f"{apart} AS apart"])
            + f" FROM (SELECT * FROM {{0}} {guard}) AS l JOIN {{1}} AS r ON l.h = r.h"
            + f" WHERE {' OR '.join(differ)}",
            sides.left,
            sides.right,
        )
        if self.run("SELECT bool_or(apart) FROM differing")[0]:
            raise Collided

    def group_repeated(self) -> None:
        """Matched keys of several rows: they differ where not all rows are alike. 重复键分组。"""
        if self.repeated:
            self._add_repeated()
        tests = [f"l{i} <> r{i}" for i in range(1, self.sides.values + 1)]
        counted = [f"count(*) FILTER ({test})" for test in [" OR ".join(tests) or "false", *tests]]
        found = self.run(f"SELECT {', '.join(counted)} FROM differing")
        self.found["differing"] = found[0]
        self.by_value = list(found[1:])

    def _add_repeated(self) -> None:
        """Add them to `differing` with their smallest and largest value as the two sides."""
        sides = self.sides
        columns = [f"min(v{i}) AS l{i}, max(v{i}) AS r{i}" for i in range(1, sides.values + 1)]
        if sides.alternate:
            text = sides.alternate_text()
            columns.append(
                f"min({text}) AS la, NULL AS lah,"
                f" CASE WHEN count(ah) < count(*) THEN NULL ELSE max({text}) END AS ra, NULL AS rah"
            )
        self.run(
            "INSERT INTO differing SELECT min(k), min(row) FILTER (s = 0) AS lrow,"
            " min(row) FILTER (s = 1) AS rrow, "
            + ", ".join([*columns, "true", "false"])
            + f" FROM (SELECT *, 0 AS s FROM {{0}} SEMI JOIN {REPEATED} USING (h) UNION ALL"
            f" SELECT *, 1 AS s FROM {{1}} SEMI JOIN {REPEATED} USING (h)) GROUP BY h",
            sides.left,
            sides.right,
        )

    def group_alternates(self) -> None:
        """Pairs of rows with one alternate key, and how many of them share the key. 备用键分组。"""
        with_key = self.sides.left_rows - self.found["left_blank_keys"]
        # Two rows of one key were joined, or are among the repeated: these need no second look.
        odd = self._group("odd_alternate", "ah", "WHERE k IS NOT NULL", with_key, self.mark.differ)
        self._hold_across()
        self._prove_alternates()
        pairs, unlisted = self.run(
            f"""
            SELECT coalesce(sum(nl * nr), 0),
                   coalesce(sum(nl * nr) FILTER (nl * nr > {PAIRS_LISTED}), 0)
            FROM odd_alternate WHERE x IS NOT NULL
            """
        )
        (unequal,) = self.run(
            "SELECT count(*) FROM differing WHERE NOT repeated AND NOT coalesce(la = ra, false)"
        )
        same = self.singles - unequal + self._same_pairs_of_repeated()
        self.found["alternate_pairs"] = odd.singles + int(pairs)
        self.found["other_key_same_thing"] = odd.singles + int(pairs) - same
        self.found["unlisted_pairs"] = int(unlisted)

    def _hold_across(self) -> None:
        """Rows whose alternate key stands on both sides, but for one pair of one key. 跨侧的行。"""
        shared = "(SELECT x AS ah FROM odd_alternate WHERE nl > 0 AND nr > 0)"
        text = self.sides.alternate_text()
        self.run(
            "CREATE TEMP TABLE across AS"
            f" SELECT k, ah, {text} AS a, 0 AS s FROM {{0}} SEMI JOIN {shared} USING (ah)"
            " WHERE k IS NOT NULL UNION ALL"
            f" SELECT k, ah, {text} AS a, 1 AS s FROM {{1}} SEMI JOIN {shared} USING (ah)"
            " WHERE k IS NOT NULL",
            self.sides.left,
            self.sides.right,
        )

    def _prove_alternates(self) -> None:
        """Rows across and rows of repeated keys hold as many alternate keys as hashes."""
        repeated = f"SEMI JOIN {REPEATED} USING (h)"
        text = self.sides.alternate_text()
        keys, groups = self.run(
            "SELECT count(DISTINCT a), count(DISTINCT ah) FROM (SELECT ah, a FROM across UNION ALL"
            f" SELECT ah, {text} FROM {{0}} {repeated} UNION ALL"
            f" SELECT ah, {text} FROM {{1}} {repeated})",
            self.sides.left,
            self.sides.right,
        )
        if keys != groups:
            raise Collided

    def _same_pairs_of_repeated(self) -> int:
        if not self.repeated:
            return 0
        (same,) = self.run(
            "SELECT coalesce(sum(nl * nr), 0) FROM (SELECT h, ah, count(s) AS nl,"
            " count(*) - count(s) AS nr FROM"
            f" (SELECT h, ah, 1 AS s FROM {{0}} SEMI JOIN {REPEATED} USING (h) UNION ALL"
            f" SELECT h, ah, NULL AS s FROM {{1}} SEMI JOIN {REPEATED} USING (h))"
            " WHERE ah IS NOT NULL GROUP BY h, ah)",
            self.sides.left,
            self.sides.right,
        )
        return int(same)

    def find_moved(self) -> None:
        """Matched keys whose alternate key stands across under another key. 易主的键。"""
        self.run(
            """
            CREATE TEMP TABLE moved AS
            WITH candidates AS (SELECT k, lah, rah, repeated FROM differing
                                WHERE la IS DISTINCT FROM ra),
                 mine AS (
                     SELECT k, lah AS ah, 0 AS s FROM candidates WHERE NOT repeated
                     UNION ALL SELECT k, rah, 1 FROM candidates WHERE NOT repeated
                     UNION ALL SELECT k, ah, s FROM across SEMI JOIN
                         (SELECT k FROM candidates WHERE repeated) USING (k)),
                 theirs AS (SELECT ah, s, min(k) AS least, max(k) AS most FROM across
                            SEMI JOIN mine USING (ah) GROUP BY ah, s)
            SELECT DISTINCT mine.k FROM mine JOIN theirs ON mine.ah = theirs.ah
                AND mine.s <> theirs.s
            WHERE theirs.least <> mine.k OR theirs.most <> mine.k
            """
        )
        (self.found["moved"],) = self.run("SELECT count(*) FROM moved")

    def counts(self) -> Counts:
        """All counts. 计数。"""
        return Counts(
            left_rows=self.sides.left_rows,
            right_rows=self.sides.right_rows,
            differing_by_value=tuple(self.by_value),
            **self.found,
        )

    def _group(
        self, table: str, column: str, where: str, left_rows: int, odd: str = "false"
    ) -> Odd:
        """Group both sides by a column; keep the groups that are `odd` or not one and one."""
        self.run(
            f"CREATE TEMP TABLE {table} AS SELECT x, nl, n - nl AS nr FROM"
            f" (SELECT x, count(s) AS nl, count(*) AS n, {odd} AS odd FROM"
            f" (SELECT {column} AS x, h, 1::UTINYINT AS s FROM {{0}} {where} UNION ALL"
            f" SELECT {column} AS x, h, NULL::UTINYINT AS s FROM {{1}} {where}) GROUP BY x)"
            " WHERE nl <> 1 OR n <> 2 OR x IS NULL OR odd",
            self.sides.left,
            self.sides.right,
        )
        return self._odd(table, left_rows)

    def _odd(self, table: str, left_rows: int) -> Odd:
        (in_odd,) = self.run(f"SELECT coalesce(sum(nl), 0) FROM {table}")
        return Odd(table, left_rows - int(in_odd))
