"""A field changes its kind while everybody works on: a second column, filled behind them. 字段改类型。

New column and trigger first, then every row in small transactions with pauses, until a question
finds none left. The field is switched to the new column when its version is published.
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records.models import FieldColumn
from yiwang.kernel.records.types import Field
from yiwang.kernel.standards import services as standards

from .castings import Casting, find_casting, get_casting
from .columns import make_column, name_column, name_table, read_columns
from .dialect import differs
from .kinds import Shape
from .running import fetch, hold_tables, run, run_changed
from .syncing import create_trigger, drop_trigger

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Retype:
    """Values of `source` turned into those of `target`, whose kinds are `old` and `new`. 改类型。

    `returns` where the field goes back to a column that it had: values that nobody has changed
    since are then left as they were.
    """

    source: FieldColumn
    target: FieldColumn
    old: Shape
    new: Shape
    returns: bool = False

    @property
    def table(self) -> str:
        """The table's physical name. 表名。"""
        return name_table(self.source.entity)

    @property
    def casting(self) -> Casting:
        """From the old values to the new ones. 转换。"""
        return get_casting(self.old, self.new)

    @property
    def wrong(self) -> str:
        """SQL: this row still has to be turned. 待转换。"""
        source, target = name_column(self.source), name_column(self.target)
        wrong = differs(target, self.casting.sql(source))
        back = find_casting(self.new, self.old) if self.returns else None
        return f"{wrong} AND {differs(back.sql(target), source)}" if back else wrong


def check_values(source: FieldColumn, casting: Casting, one: Field) -> None:
    """Conflict with number and examples where values cannot be turned into the field's. 检查取值。"""
    column, table = name_column(source), name_table(source.entity)
    bad = casting.bad(column)
    (count,) = fetch(f"SELECT count(*) FROM {table} WHERE {bad}")[0]
    if not count:
        return
    rows = fetch(f"SELECT {column} FROM {table} WHERE {bad} ORDER BY id LIMIT {EXAMPLES}")
    raise Conflict(
        "records.retype.refused",
        "%(count)s values of %(field)s are no %(kind)s, for example: %(examples)s",
        count=count,
        field=one.key,
        kind=one.kind,
        examples=", ".join(_show(one, str(value)) for (value,) in rows),
    )


def begin(retype: Retype) -> None:
    """Make the column where it is new, and let the trigger keep it equal from now on. 建列与触发器。"""
    hold_tables([retype.table])
    if name_column(retype.target) not in read_columns(retype.table):
        make_column(retype.target)
    source, target = name_column(retype.source), name_column(retype.target)
    # Where the field goes back soon, the trigger of the way there may still stand.
    for statement in drop_trigger(retype.table, source):
        run(statement)
    for statement in create_trigger(retype.table, source, target, retype.casting):
        run(statement)


def fill(retype: Retype, after: str, upto: str) -> int:
    """Turn the rows of a range of ids, its end included; how many there were to turn. 填充一段。"""
    source, target = name_column(retype.source), name_column(retype.target)
    return run_changed(
        f"UPDATE {retype.table} SET {target} = {retype.casting.sql(source)}"
        f" WHERE id > %s AND id <= %s AND {retype.wrong}",
        [after, upto],
    )


def fill_all(retype: Retype) -> None:
    """Turn every row at once, where they are few. 一次填充。"""
    source, target = name_column(retype.source), name_column(retype.target)
    run(f"UPDATE {retype.table} SET {target} = {retype.casting.sql(source)} WHERE {retype.wrong}")


def count_left(retype: Retype) -> int:
    """How many rows still have to be turned. 剩余行数。"""
    return int(fetch(f"SELECT count(*) FROM {retype.table} WHERE {retype.wrong}")[0][0])


def end_retype(table: str, target: str) -> None:
    """Take the trigger away. 删除触发器。"""
    hold_tables([table])
    for statement in drop_trigger(table, target):
        run(statement)


def _show(one: Field, text: str) -> str:
    """A value as anybody may see it: one who publishes need not be one who may see records. 示例值。"""
    element = standards.find_element(one.element) if one.element else None
    if element is not None and element.personal and element.mask != "keep":
        return standards.mask_value(element, text) or ""
    return text if len(text) <= 40 else f"{text[:40]}…"
