"""Both registers joined straight from their files, each read once. 边读边连。

Rows whose keys have one hash stand beside each other in `pairs`; any other row stands there alone.
Most pairs are two rows that say the same, and of these only the row numbers are kept. A key that
repeats on both sides is multiplied out, so the table ends where it would have more pairs than there
are rows; the next way groups keys before it joins them.

Alternate keys are asked of nearly every row, of which little is kept here: not this way.
"""

from __future__ import annotations

from .sides import Fragment, Mark
from .steps import Collided, Odd, Unproven, Work

# As many pairs there may be for each row of either side.
PAIRS_PER_ROW = 1
ALONE = "(lrow IS NULL OR rrow IS NULL)"


class Multiplied(Unproven):
    """There are more pairs than rows. 配对过多。"""


class Pairing(Work):
    """The steps of a comparison whose sides are joined as they are read. 边读边连的比对。"""

    alternates = False

    def hold(self, mark: Mark) -> None:
        """Join both sides; then hold those rows that are not simply alike one to one. 连接两侧。"""
        sides = self.sides
        self.texts = Texts(sides.values, every=self.with_rows)
        limit = PAIRS_PER_ROW * (sides.left_rows + sides.right_rows)
        self.run(
            f"CREATE TEMP TABLE pairs AS SELECT h, lrow, rrow, {self.texts.columns()}"
            " FROM (SELECT *, CASE WHEN lrow IS NOT NULL THEN lh ELSE CASE WHEN {0} THEN NULL"
            f" ELSE rh END END AS h FROM (SELECT {self.texts.beside()} FROM {{1}} AS l"
            f" FULL JOIN {{2}} AS r ON l.h = r.h)) LIMIT {limit + 1}",
            Fragment(sides.right_blank, []),
            sides.marked(sides.left, mark),
            sides.marked(sides.right_raw, mark),
        )
        if self.run("SELECT count(*) FROM pairs")[0] > limit:
            raise Multiplied
        self._hold_loose()

    def _hold_loose(self) -> None:
        """Pairs that differ or whose key has several, and rows alone; each row of them once."""
        several = "(SELECT h FROM pairs WHERE h IS NOT NULL GROUP BY h HAVING count(*) > 1)"
        self.run(
            f"CREATE TEMP TABLE loose AS SELECT *, coalesce(h IN {several}, false) AS several"
            " FROM pairs WHERE p IS NOT NULL OR several"
        )
        for name, s in (("side_left", "l"), ("side_right", "r")):
            self.run(f"CREATE TEMP TABLE {name} AS {self._rows_of(s)}")
        self._hold_as("side_left", "side_right")

    def _rows_of(self, s: str) -> str:
        """What later steps ask of one side: rows of a key of several; to be listed, rows alone."""
        texts = {one: self.texts.of(s, one) for one in self.texts.names}
        once = ", ".join(f"{sql} AS {one}" for one, sql in texts.items())
        # What one pair of a row does not keep, because its rows are alike, another may.
        most = ", ".join(f"max({sql}) AS {one}" for one, sql in texts.items())
        found = (
            f"SELECT {s}row AS row, h, {most} FROM loose"
            f" WHERE {s}row IS NOT NULL AND several GROUP BY {s}row, h"
        )
        if self.with_rows:
            found += (
                f" UNION ALL SELECT {s}row, h, {once} FROM loose"
                f" WHERE {s}row IS NOT NULL AND NOT several AND {ALONE}"
            )
        return found

    def _find_odd(self) -> Odd:
        self.run(
            "CREATE TEMP TABLE odd AS"
            " SELECT h AS x, count(DISTINCT lrow) AS nl, count(DISTINCT rrow) AS nr"
            " FROM loose WHERE several GROUP BY h"
            " UNION ALL SELECT h, count(lrow), count(rrow)"
            f" FROM loose WHERE NOT several AND {ALONE} GROUP BY h"
        )
        return self._odd("odd", self.sides.left_rows)

    def _prove_kept(self) -> None:
        """Keys of one hash are equal: across, pair by pair; of rows that stand alone, by count."""
        left, right = self.texts.of("l", "k"), self.texts.of("r", "k")
        (apart,) = self.run(f"SELECT bool_or({left} <> {right}) FROM loose")
        keys, groups = self.run(
            f"SELECT count(DISTINCT coalesce({left}, {right})), count(DISTINCT h)"
            f" FROM loose WHERE several AND {ALONE}"
        )
        if apart or keys != groups:
            raise Collided

    def join_values(self) -> None:
        """Pairs of one row each that do not say the same. 差异。"""
        columns = [
            f"{self.texts.of(s, name)} AS {s}{place}"
            for place, name in enumerate(self.texts.names[1:], 1)
            for s in ("l", "r")
        ]
        self.run(
            f"CREATE TEMP TABLE differing AS SELECT {self.texts.of('l', 'k')} AS k, lrow, rrow, "
            + ", ".join([*columns, "false AS repeated", "false AS apart"])
            + " FROM loose WHERE NOT several AND lrow IS NOT NULL AND rrow IS NOT NULL"
        )


class Texts:
    """How the key and the values of both rows stand in a pair. 配对中的文本。

    Where both rows say the same, the pair has none of them, or with `every` those of the left.
    Elsewhere they are elements of the list `p`: one column costs less than many. The values of a
    row alone are there with `every` only.
    """

    def __init__(self, values: int, *, every: bool) -> None:
        self.names = ["k", *(f"v{i}" for i in range(1, values + 1))]
        self.every = every
        self.listed = [f"{s}{name}" for name in self.names for s in ("r" if every else "lr")]

    def beside(self) -> str:
        """The columns of a join, both sides with all texts. 并列的列。"""
        texts = [f"{s}.{name} AS {s}{name}" for name in ["row", "h", *self.names] for s in "lr"]
        equal = " AND ".join(f"l.{name} = r.{name}" for name in self.names)
        return ", ".join([*texts, f"coalesce({equal}, false) AS same"])

    def columns(self) -> str:
        """The columns that hold the texts. 存放文本的列。"""
        # Only now is it known of a right key that stands alone whether it is blank.
        listed = ["if(h IS NULL, NULL, rk)" if name == "rk" else name for name in self.listed]
        own = [f"l{name}" for name in self.names] if self.every else []
        alone = "" if self.every else f"WHEN {ALONE} THEN [{', '.join(listed[:2])}] "
        every = f"CASE WHEN same THEN NULL {alone}ELSE [{', '.join(listed)}] END AS p"
        return ", ".join([*own, every])

    def of(self, side: str, name: str) -> str:
        """A text of one side of a pair; NULL where it was not kept. 一侧的文本。"""
        if self.every and side == "l":
            return f"l{name}"
        found = f"p[{self.listed.index(side + name) + 1}]"
        return f"CASE WHEN p IS NULL THEN l{name} ELSE {found} END" if self.every else found
