"""Statements over the rows of a model, written once and bound each time. 热点语句。

Django works out the text of a statement anew each time it is asked, which for a row by its key costs
ten times what the database takes. Where a step must be quick the texts are made once per model and
database; values pass through the fields' own conversions, so a row means the same either way. Names
come from the model, never from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

from .binding import Convert, make_converters, make_preparer, plain_type

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with the values to bind. 语句。"""

    text: str
    values: Sequence[Any]


def run_together(first: Statement, *others: Statement) -> int:
    """Run statements that do not see each other; how many rows the first one met. 合并执行。

    On PostgreSQL they are one statement and one way to the server and back; no two may change the
    same row.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and others:
            beside = ", ".join(f"s{place} AS ({one.text})" for place, one in enumerate(others))
            values = [value for one in others for value in one.values]
            cursor.execute(f"WITH {beside} {first.text}", [*values, *first.values])
            return int(cursor.rowcount)
        cursor.execute(first.text, first.values)
        met = int(cursor.rowcount)
        for one in others:
            cursor.execute(one.text, one.values)
    return met


class Rows(Generic[M]):
    """Inserting, changing and reading rows of one model. 行语句。 Use `rows_of`."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.fields = {field.attname: field for field in model._meta.concrete_fields}
        self.table = _quote(model._meta.db_table)
        self.key = _quote(_column(model._meta.pk))
        self._converters = [
            (place, convert)
            for place, field in enumerate(self.fields.values())
            for convert in make_converters(field)
        ]
        self._binders = {
            name: (plain_type(field), make_preparer(field)) for name, field in self.fields.items()
        }
        self._names = list(self.fields)
        self._given = tuple(
            name for name, field in self.fields.items() if not isinstance(field, models.AutoField)
        )

    def insert(self, rows: Sequence[M]) -> None:
        """Insert rows in one statement; a key that the database gives is left out. 插入。"""
        run_together(self.inserting(rows))

    def inserting(self, rows: Sequence[M]) -> Statement:
        """The statement of `insert`, to be run together with others. 插入语句。"""
        return self.inserting_values(
            [{name: getattr(row, name) for name in self._given} for row in rows]
        )

    def inserting_values(self, rows: Sequence[Mapping[str, Any]]) -> Statement:
        """The same of rows that are no model objects; each names every column. 按值插入语句。"""
        values = [value for row in rows for value in self._bind(row)]
        return Statement(self._insert_text(tuple(rows[0]), len(rows)), values)

    def updating(self, key: Any, values: Mapping[str, Any], **where: Any) -> Statement:
        """Change columns of the row of that key, if it is as `where` says. 更新语句。"""
        bound = [*self._bind(values), key, *self._bind(where)]
        return Statement(self._update_text(tuple(values), tuple(where)), bound)

    def updating_all(self, keys: Sequence[Any], **values: Any) -> Statement:
        """Change columns of the rows of those keys alike. 批量更新语句。"""
        bound = self._bind(values)
        names = ", ".join(f"{_quote(_column(self.fields[name]))} = %s" for name in values)
        places = ", ".join(["%s"] * len(keys))
        text = f"UPDATE {self.table} SET {names} WHERE {self.key} IN ({places})"  # noqa: S608
        return Statement(text, [*bound, *keys])

    def select(self, where: str, params: Sequence[Any]) -> list[M]:
        """Rows for a condition in SQL, written by a programmer; `{name}` gives a column. 查询。"""
        with connection.cursor() as cursor:
            cursor.execute(self._select_text(where), params)
            return [self._from_db(row) for row in cursor.fetchall()]

    @lru_cache(maxsize=64)  # noqa: B019 - there is one instance per model, for good
    def _insert_text(self, names: tuple[str, ...], count: int) -> str:
        columns = ", ".join(_quote(_column(self.fields[name])) for name in names)
        row = f"({', '.join(['%s'] * len(names))})"
        return f"INSERT INTO {self.table} ({columns}) VALUES {', '.join([row] * count)}"  # noqa: S608

    @lru_cache(maxsize=64)  # noqa: B019
    def _update_text(self, names: tuple[str, ...], where: tuple[str, ...]) -> str:
        changes = ", ".join(f"{_quote(_column(self.fields[name]))} = %s" for name in names)
        held = "".join(f" AND {_quote(_column(self.fields[name]))} = %s" for name in where)
        return f"UPDATE {self.table} SET {changes} WHERE {self.key} = %s{held}"  # noqa: S608

    @lru_cache(maxsize=64)  # noqa: B019
    def _select_text(self, where: str) -> str:
        columns = ", ".join(_quote(_column(field)) for field in self.fields.values())
        names = {name: _quote(_column(field)) for name, field in self.fields.items()}
        return f"SELECT {columns} FROM {self.table} WHERE {where.format(table=self.table, **names)}"  # noqa: S608

    def _bind(self, values: Mapping[str, Any]) -> list[Any]:
        binders = self._binders_of(tuple(values))
        return [
            value if value is None or type(value) is plain else prepare(value)
            for value, (plain, prepare) in zip(values.values(), binders, strict=True)
        ]

    @lru_cache(maxsize=64)  # noqa: B019
    def _binders_of(self, names: tuple[str, ...]) -> list[tuple[type | None, Convert]]:
        return [self._binders[name] for name in names]

    def _from_db(self, row: Sequence[Any]) -> M:
        values = list(row)
        for place, convert in self._converters:
            values[place] = convert(values[place])
        # As `from_db` makes one, without asking each of its fields and without signals.
        found, state = self.model.__new__(self.model), ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        found.__dict__.update(zip(self._names, values, strict=True), _state=state)
        return found


class Columns:
    """Columns of several models read by one statement, each as its field would give it. 联查列。

    `picked` names a model by the alias that the statement gives its table; `text` is what to
    select, and a row read is keyed by it: `r.id`.
    """

    def __init__(self, **picked: tuple[type[models.Model], Sequence[str]]) -> None:
        self.picked = [
            (f"{alias}.{name}", cast("Any", model._meta.get_field(name)))
            for alias, (model, names) in picked.items()
            for name in names
        ]

    @property
    def text(self) -> str:
        """The columns, to stand behind SELECT. 列清单。"""
        return ", ".join(
            f"{name.split('.')[0]}.{_quote(field.column)}" for name, field in self.picked
        )

    def read(self, statement: Statement) -> list[dict[str, Any]]:
        """The rows that a statement over these columns gives. 读取。"""
        converters = [(name, make_converters(field)) for name, field in self.picked]
        with connection.cursor() as cursor:
            cursor.execute(statement.text, statement.values)
            return [_convert(converters, row) for row in cursor.fetchall()]


def _convert(converters: Sequence[tuple[str, list[Convert]]], row: Sequence[Any]) -> dict[str, Any]:
    found = {}
    for (name, convert), value in zip(converters, row, strict=True):
        found[name] = value
        for one in convert:
            found[name] = one(found[name])
    return found


def rows_of(model: type[M]) -> Rows[M]:
    """The statements of a model for the database in use. 模型语句。"""
    # Told by the setting, which unlike the connection is not asked of each thread.
    return cast("Rows[M]", _rows(model, connections.settings[DEFAULT_DB_ALIAS]["ENGINE"]))


@lru_cache(maxsize=64)
def _rows(model: type[models.Model], engine: str) -> Rows[models.Model]:
    del engine  # It only tells one instance from another.
    return Rows(model)


def _column(field: models.Field[Any, Any]) -> str:
    return str(field.column)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
