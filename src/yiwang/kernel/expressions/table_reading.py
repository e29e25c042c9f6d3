"""Decision tables from plain data of a file; whatever is odd is named with row and cell. 读取决策表。"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn, cast

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.nearest import suggest

from .evaluation import Expression, compile_expression
from .table_cells import ANY, Cell, read_cell, show
from .table_types import HITS, DecisionTable, Output, Row, prefix
from .values import Kind

KEYS = ("hit", "inputs", "outputs", "rows", "default")
MAX_ROWS = 500
MAX_INPUTS = 20
MAX_OUTPUTS = 20
MAX_LISTED = 200

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)


def read_table(
    content: object,
    *,
    known: Collection[str] | None = None,
    labels: Mapping[str, str] = {},
    where: str = "",
) -> DecisionTable:
    """The decision table that a part of a file is. 读取决策表。

    `known` and `labels` are the fields that inputs may name, as in `compile_expression`. Raises
    InvalidInput naming the row and the cell of whatever is odd.
    """
    found = _read_frame(content, where)
    inputs = _read_inputs(found["inputs"], known, labels, where)
    outputs = _read_outputs(found["outputs"], where)
    reader = _RowReader(inputs, outputs, labels, where)
    listed = found["rows"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_ROWS:
        raise InvalidInput(
            "expressions.table.rows",
            "%(place)srows is a list of 1 to %(limit)s rows, each with when and then",
            place=prefix(where),
            limit=MAX_ROWS,
        )
    rows = tuple(reader.read_row(number, row) for number, row in enumerate(listed, 1))
    kinds = tuple(_kind_of_column(rows, place, inputs, where) for place in range(len(inputs)))
    default = reader.read_outputs("default", found["default"])
    return DecisionTable(found["hit"], inputs, kinds, outputs, rows, default, where)


class _RowReader:
    """Reads rows of one table, whose inputs and outputs are known. 读行。"""

    def __init__(
        self,
        inputs: tuple[Expression, ...],
        outputs: tuple[str, ...],
        labels: Mapping[str, str],
        where: str,
    ) -> None:
        self.places = {expression.text: place for place, expression in enumerate(inputs)}
        # A column may be named by the field's key or its label, whichever the input was.
        names = {one.key: place for place, one in enumerate(inputs) if one.key}
        names |= {label: names[key] for label, key in labels.items() if key in names}
        self.places = names | self.places
        self.width = len(inputs)
        self.outputs = outputs
        self.where = where

    def read_row(self, number: int, row: object) -> Row:
        if not isinstance(row, Mapping) or not {"then"} <= set(row) <= {"when", "then"}:
            raise InvalidInput(
                "expressions.table.row",
                "%(place)srow %(row)s: a row has when and then, and nothing else",
                place=prefix(self.where),
                row=number,
            )
        return Row(
            number, self._read_cells(number, row.get("when", {})),
            self.read_outputs(number, row["then"]),
        )  # fmt: skip

    def _read_cells(self, number: int, when: object) -> tuple[Cell, ...]:
        cells: dict[int, Cell] = {}
        for name, cell in _pairs(when, number, "when", self.where):
            place = self.places.get(name)
            if place is None or place in cells:
                self._refuse_input(number, name, doubled=place is not None)
            cells[place] = self._read_cell(number, name, cell)
        return tuple(cells.get(place, ANY) for place in range(self.width))

    def _read_cell(self, number: int, name: str, cell: object) -> Cell:
        try:
            return read_cell(cell)
        except YiwangError as error:
            place = f"{prefix(self.where)}#{number} {name}: "
            extra = {**error.extra, "place": place, "row": number, "input": name}
            raise InvalidInput(error.code, error.message, **extra) from None

    def _refuse_input(self, number: int, name: str, *, doubled: bool) -> NoReturn:
        if doubled:
            raise InvalidInput(
                "expressions.table.input_doubled",
                "%(place)srow %(row)s: the input “%(name)s” stands there twice",
                place=prefix(self.where),
                row=number,
                name=name[:80],
            )
        raise InvalidInput(
            "expressions.table.unknown_input",
            "%(place)srow %(row)s: there is no input “%(name)s”%(suggestion)s",
            place=prefix(self.where),
            row=number,
            name=name[:80],
            suggestion=suggest(name, self.places),
        )

    def read_outputs(self, row: int | str, then: object) -> Output:
        """What a row gives: a value for each output. 输出值。"""
        given = dict(_pairs(then, row, "then", self.where))
        for name in given:
            if name not in self.outputs:
                raise InvalidInput(
                    "expressions.table.unknown_output",
                    "%(place)srow %(row)s: there is no output “%(name)s”%(suggestion)s",
                    place=prefix(self.where),
                    row=row,
                    name=name[:80],
                    suggestion=suggest(name, self.outputs),
                )
        missing = [name for name in self.outputs if name not in given]
        if missing:
            raise InvalidInput(
                "expressions.table.output_missing",
                "%(place)srow %(row)s gives no %(names)s",
                place=prefix(self.where),
                row=row,
                names=", ".join(missing),
            )
        return tuple((name, self._read_output(row, name, given[name])) for name in self.outputs)

    def _read_output(self, row: int | str, name: str, value: object) -> Any:
        if isinstance(value, list) and len(value) <= MAX_LISTED and all(map(_is_plain, value)):
            return tuple(value)
        if _is_plain(value):
            return value
        raise InvalidInput(
            "expressions.table.output_value",
            "%(place)srow %(row)s: %(name)s is a text, a number, a date, true, false, null or a "
            "list of such",
            place=prefix(self.where),
            row=row,
            name=name,
        )


def _read_frame(content: object, where: str) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        raise InvalidInput(
            "expressions.table.shape",
            "%(place)sA decision table has hit, inputs, outputs, rows and default",
            place=prefix(where),
        )
    for key in content:
        if key not in KEYS:
            raise InvalidInput(
                "expressions.table.unknown_key",
                "%(place)sA decision table has no “%(name)s”%(suggestion)s",
                place=prefix(where),
                name=show(key),
                suggestion=suggest(show(key), KEYS),
            )
    missing = [key for key in KEYS if key not in content]
    if missing:
        raise InvalidInput(
            "expressions.table.missing",
            "%(place)sThe decision table lacks %(names)s",
            place=prefix(where),
            names=", ".join(missing),
        )
    _check_hit(content["hit"], where)
    return {str(key): value for key, value in content.items()}


def _check_hit(found: object, where: str) -> None:
    if found not in HITS:
        raise InvalidInput(
            "expressions.table.hit",
            "%(place)shit is first, unique or collect, not “%(found)s”",
            place=prefix(where),
            found=show(found),
        )


def _read_inputs(
    found: object, known: Collection[str] | None, labels: Mapping[str, str], where: str
) -> tuple[Expression, ...]:
    texts = found if isinstance(found, list) else []
    if not 1 <= len(texts) <= MAX_INPUTS or not all(isinstance(text, str) for text in texts):
        raise InvalidInput(
            "expressions.table.inputs",
            "%(place)sinputs is a list of 1 to %(limit)s fields or expressions",
            place=prefix(where),
            limit=MAX_INPUTS,
        )
    inputs = tuple(
        compile_expression(text.strip(), labels=labels, known=known, where=f"{prefix(where)}inputs")
        for text in texts
    )
    same = {one.key or one.text for one in inputs}
    if len(same) != len(inputs):
        raise InvalidInput(
            "expressions.table.inputs_doubled",
            "%(place)sAn input stands there twice",
            place=prefix(where),
        )
    return inputs


def _read_outputs(found: object, where: str) -> tuple[str, ...]:
    names = found if isinstance(found, list) else []
    fitting = [name for name in names if isinstance(name, str) and _NAME.fullmatch(name)]
    if not 1 <= len(names) <= MAX_OUTPUTS or len(set(fitting)) != len(names):
        raise InvalidInput(
            "expressions.table.outputs",
            "%(place)soutputs is a list of 1 to %(limit)s names of small letters, digits and _, "
            "none twice",
            place=prefix(where),
            limit=MAX_OUTPUTS,
        )
    return tuple(fitting)


def _pairs(found: object, row: int | str, part: str, where: str) -> list[tuple[str, Any]]:
    if isinstance(found, Mapping) and all(isinstance(name, str) for name in found):
        return [(cast("str", name).strip(), value) for name, value in found.items()]
    raise InvalidInput(
        "expressions.table.pairs",
        "%(place)srow %(row)s: %(part)s pairs names with values",
        place=prefix(where),
        row=row,
        part=part,
    )


def _kind_of_column(
    rows: tuple[Row, ...], place: int, inputs: tuple[Expression, ...], where: str
) -> Kind | None:
    """The one kind of a column's cells; the first row that breaks it is named."""
    found: Kind | None = None
    for row in rows:
        kind = row.cells[place].kind
        if found and kind and kind != found:
            raise InvalidInput(
                "expressions.table.column_mixed",
                "%(place)srow %(row)s, %(input)s: the rows above compare with another kind of "
                "value; write numbers and dates without quotes, codes in quotes",
                place=prefix(where),
                row=row.number,
                input=inputs[place].text,
            )
        found = found or kind
    return found


def _is_plain(value: object) -> bool:
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return False
    return value is None or isinstance(value, str | int | float | Decimal | date)
