"""What elements say of open values, worked out once for all rules of a look. 规范文本。

The dear readings are long expressions, and of few rows planning them is what takes the time: of
each column and element they are planned once, and not at all where every value is plainly right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element
from yiwang.nets.share.quality.types import RuleKind, RuleSpec

from .compiling import DATE, Told, element_of, identity_element
from .fields import BLANK, GOOD, plain_sql, told_sql

Reading = tuple[str, Element]

BY_ELEMENT = (RuleKind.TYPED, RuleKind.FORMAT, RuleKind.CHECK, RuleKind.PATTERN)


def readings_of(rule: RuleSpec) -> list[Reading]:
    """The columns that a rule's full look reads by an element. 规则的读法。"""
    if rule.kind in BY_ELEMENT:
        return [(rule.fields[0], element_of(rule))]
    relation = rule.params.get("relation")
    if not relation:
        return []
    other, identity = rule.fields
    found = [(identity, identity_element(rule))]
    return [*found, (other, DATE)] if relation == "birth_of_id" else found


@dataclass(slots=True)
class Canon:
    """The readings of a look's open rows, as tables of its connection. 读法表。

    `kept` tells where in the kept values a column stands.
    """

    connection: pool.Connection
    rules: Sequence[RuleSpec]
    kept: Mapping[str, int]
    tables: dict[Reading, str]

    def join(self, rule: RuleSpec, source: str, mark: str) -> tuple[str, dict[Reading, Told]]:
        """A relation of a rule's columns with what their elements say, and where that stands. 连接。"""
        found: dict[Reading, Told] = {}
        for at, reading in enumerate(readings_of(rule)):
            value, own = pool.quote_name(reading[0]), f"{mark}c{at}"
            empty = f"WHEN {value} IS NULL OR {value} = '' THEN {BLANK}"
            table = self._table(reading)
            if table:
                source = (
                    f"({source} LEFT JOIN (SELECT value AS {own}v, text AS {own}t, sure AS {own}s,"
                    f" outcome AS {own}o FROM {table}) ON {value} = {own}v)"
                )
                outcome = f"CASE {empty} ELSE coalesce({own}o, {GOOD}) END"
                found[reading] = Told(outcome, f"{own}t", f"{own}s")
            else:
                found[reading] = Told(f"CASE {empty} ELSE {GOOD} END", "NULL::VARCHAR", "false")
        return f"(SELECT * FROM {source})" if found else source, found

    def _table(self, reading: Reading) -> str:
        """The table of a reading, '' where no open value needs to be read. 读法表名。"""
        if reading not in self.tables:
            self.tables[reading] = self._work_out(reading, f"canon_{len(self.tables)}")
        return self.tables[reading]

    def _work_out(self, reading: Reading, table: str) -> str:
        name, element = reading
        bits = sum(1 << at for at, rule in enumerate(self.rules) if reading in readings_of(rule))
        plain = plain_sql(element, "value")
        found = self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table}_values AS SELECT DISTINCT value"
            f" FROM (SELECT v[{self.kept[name]}] AS value FROM glanced WHERE o & {bits} <> 0)"
            f" WHERE value <> ''" + (f" AND NOT ({plain})" if plain else "")
        ).fetchone()
        if not found or not found[0]:
            return ""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT value, yw_c AS text, yw_s AS sure,"
            f" {told_sql(element, 'value', 'yw_s')} AS outcome FROM (SELECT *,"
            f" coalesce({standards.check_sql(element, 'yw_c')}, false) AS yw_s FROM (SELECT value,"
            f" {standards.read_typed_sql(element, 'value')} AS yw_c FROM {table}_values))"
        )
        return table
