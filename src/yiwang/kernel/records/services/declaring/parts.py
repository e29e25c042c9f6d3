"""Fields that are filled in together: those of an entity, a form, one row of a group. 一组字段。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import jsonschema_rs

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Field, FieldProblem

from . import telling
from .readers import make_readers, read_row
from .shapes import MOST, field_shape, object_shape
from .slips import Slip
from .tidying import tidy

Values = dict[str, Any]
Refuse = Callable[[str, Any], InvalidInput | None]


class Part:
    """Fields made ready for answers. 校验单元。"""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.readers = make_readers(fields)
        self.needed = [key for key, one in fields.items() if one.required]
        self.validator = _validator(object_shape(fields, ()))

    @cached_property
    def validators(self) -> dict[str, Any]:
        """A validator for each field, for answers that are taken apart. 单字段校验器。"""
        return {key: _validator(field_shape(one)) for key, one in self.fields.items()}

    @cached_property
    def groups(self) -> dict[str, Part]:
        """The fields of one row of each group. 分组。"""
        return {key: Part(one.fields) for key, one in self.fields.items() if one.kind == "group"}

    def read(self, given: Any) -> Values | None:
        """What was given, if it is as the schema asks for it; None to take it apart. 快速读取。"""
        try:
            return read_row(self.readers, given) if self.validator.is_valid(given) else None
        except (Slip, ValueError, RecursionError):
            # What is no JSON, such as a date of a program, or only looks right.
            return None

    def read_apart(
        self, given: Mapping[Any, Any], path: str, refuse: Refuse, problems: list[FieldProblem]
    ) -> Values:
        """What of each field can be read; `problems` gets what cannot. 逐项读取。

        `refuse` says what is wrong with any other key, or None where it may be passed over.
        """
        found: Values = {}
        for key, value in given.items():
            if key in self.fields:
                found[key] = self._read_field(key, value, f"{path}{key}", problems)
            elif slip := refuse(str(key), value):
                problems.append(telling.problem_at(f"{path}{str(key)[:80]}", slip))
        return found

    def read_one(self, key: str, value: Any) -> Any:
        """One value of a field, read; Slip says what is wrong with it. 读取单个值。"""
        try:
            if self.validators[key].is_valid(value):
                read = self.readers.get(key)
                return read(value) if read and value is not None else value
        except (Slip, ValueError, RecursionError):
            return self._read_written(key, value)
        return self._read_written(key, value)

    def _read_written(self, key: str, value: Any) -> Any:
        """A value that is not yet as the schema asks for it: as people write it, or wrong."""
        plain = tidy(self.fields[key], value)
        return None if plain is None else self._read_plain(key, plain)

    def _read_field(self, key: str, value: Any, path: str, problems: list[FieldProblem]) -> Any:
        try:
            if self.fields[key].kind == "group" and isinstance(value, list | tuple):
                return self._read_rows(key, value, path, problems)
            return self.read_one(key, value)
        except Slip as slip:
            problems.append(telling.problem_at(path, slip))
        return None

    def _read_plain(self, key: str, plain: Any) -> Any:
        field, read = self.fields[key], self.readers.get(key)
        try:
            error = next(iter(self.validators[key].iter_errors(plain)), None)
        except (ValueError, RecursionError) as unreadable:
            # Halves of characters, keys that are no text, nested without end.
            raise telling.expected(field) from unreadable
        if error is not None:
            raise telling.explain(field, error)
        return read(plain) if read else plain

    def _read_rows(
        self, key: str, rows: Sequence[Any], path: str, problems: list[FieldProblem]
    ) -> list[Values] | None:
        """The rows of a group that hold something; paths count rows from 0, as JSON does."""
        most = self.fields[key].most or MOST["group"]
        if len(rows) > most:
            problems.append(telling.problem_at(path, telling.too_many(most)))
            return None
        read = (self._read_row(key, row, f"{path}.{at}", problems) for at, row in enumerate(rows))
        return [row for row in read if row] or None

    def _read_row(
        self, key: str, row: Any, path: str, problems: list[FieldProblem]
    ) -> Values | None:
        part = self.groups[key]
        if not isinstance(row, Mapping):
            problems.append(telling.problem_at(path, telling.no_object()))
            return None
        before = len(problems)
        found = part.read_apart(row, f"{path}.", part.unknown, problems)
        if len(problems) == before and all(one is None for one in found.values()):
            return None
        said = {one.path for one in problems[before:]}
        problems += [
            telling.problem_at(f"{path}.{name}", telling.missing())
            for name in part.needed
            if found.get(name) is None and f"{path}.{name}" not in said
        ]
        return found

    def unknown(self, key: str, _value: Any) -> InvalidInput:
        """What is said of a key that names no field here. 未知字段。"""
        return telling.unknown(key, self.fields)


def _validator(shape: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator(shape, validate_formats=True)
