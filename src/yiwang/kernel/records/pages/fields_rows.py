"""Questions answered by rows of other questions. 分组项。"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from .questions import Question, QuestionForm

MOST = 100
"""Rows that a group takes which names no number. 默认行数。"""
NEW = "__row__"
"""Stands for the number of a row in the pattern of a new one. 新行占位。"""
TOKEN = re.compile(r"[0-9]{1,6}")


class GroupQuestion(Question):
    """Rows, each with the same questions. 分组。 `make` draws the questions of one row."""

    def __init__(
        self, make: Callable[[], dict[str, Question]], *, most: int, **kwargs: Any
    ) -> None:
        self.make, self.most = make, most or MOST
        super().__init__(widget=forms.Widget(), template_name="records/rows.html", **kwargs)

    def take(self, sent: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        """Rows in the order in which they stood, those that hold nothing too."""
        tokens = [one for one in sent.getlist(f"{name}-row") if TOKEN.fullmatch(one)]
        rows: list[dict[str, Any]] = []
        for token in list(dict.fromkeys(tokens))[: self.most + 1]:
            form = QuestionForm(self.make(), {}, {}, f"{name}-{token}")
            row = form.take(sent, files)
            for path, told in form.faults.items():
                self.faults[f"{name}-{len(rows)}-{path}"] = told
            rows.append(row)
        return rows or None

    def settle(self, answer: Any) -> Any:
        made = self.make()
        return [
            {key: made[key].settle(value) for key, value in row.items() if key in made}
            for row in answer or ()
        ] or None

    def anchor(self, bound: forms.BoundField) -> str:
        return bound.auto_id

    def get_bound_field(self, form: Any, field_name: str) -> BoundRows:
        return BoundRows(form, self, field_name)


class BoundRows(forms.BoundField):
    """The rows of a group in a form. 分组的行。"""

    field: GroupQuestion
    form: QuestionForm

    @cached_property
    def rows(self) -> list[QuestionForm]:
        """One form for each row; where one is needed there is at least one. 各行。"""
        found = list(self.value() or ())
        if not found and self.field.required:
            found = [{}]
        problems = self.form.within(self.name)
        return [self._make(str(at), row, problems) for at, row in enumerate(found)]

    @property
    def new_row(self) -> QuestionForm:
        """The pattern that a script makes new rows of. 新行模板。"""
        return self._make(NEW, {}, {})

    @property
    def is_full(self) -> bool:
        """Whether no row can be added. 是否已满。"""
        return len(self.rows) >= self.field.most

    def _make(self, token: str, row: Any, problems: Any) -> QuestionForm:
        start = f"{token}."
        within = {
            path.removeprefix(start): told
            for path, told in problems.items()
            if path.startswith(start)
        }
        made = self.field.make()
        focus = next(iter(made)) if self.form.focus == f"{self.name}.{token}" else ""
        return QuestionForm(made, row, within, f"{self.html_name}-{token}", focus)
