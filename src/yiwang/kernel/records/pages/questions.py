"""What every question has in common. 表单项基础。"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

YES, NO = "yes", "no"
ON = "on"
"""Name under which a page tells which questions it shows: a box left empty sends nothing."""


def keep_choice(widget: Any, value: str, label: str) -> None:
    """Offer what stands there even if nobody could choose it any more. 保留现值选项。"""
    known = {code for pair in widget.choices for code, _ in _pairs(pair)}
    if value and value not in known:
        widget.choices = [*widget.choices, (value, label)]


def _pairs(choice: tuple[Any, Any]) -> Sequence[tuple[Any, Any]]:
    """A choice, or those of a group of them."""
    return choice[1] if isinstance(choice[1], list | tuple) else [choice]


class Question(forms.Field):
    """Draws an answer, and takes what was sent for it. 表单项。

    `faults` are what taking could not make sense of, by name in the form.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.faults: dict[str, list[str]] = {}

    def take(self, sent: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        """The answer in what was sent; None for none. 取答案。"""
        return self.as_answer(self.widget.value_from_datadict(sent, files, name))

    def as_answer(self, value: Any) -> Any:
        """What a widget gave as it is kept: texts without blanks around, nothing as None. 转为答案。"""
        return (value.strip() or None) if isinstance(value, str) else value

    def settle(self, answer: Any) -> Any:
        """An answer as it comes back from a page that nobody changed. 往返后的答案。"""
        return self.as_answer(self.prepare_value(answer))

    def anchor(self, bound: forms.BoundField) -> str:
        """The id of what takes the focus. 焦点位置。"""
        return f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label or bound.auto_id


class QuestionForm(forms.Form):
    """Questions with the answers there are so far, and what is wrong with them. 表单。

    It is drawn from answers, never from what was sent: so a page can be drawn again with a row
    more, and a draft is drawn as it was left. `problems` holds messages by path: `members.2.phone`;
    `focus` is the path of what the reader goes on with.
    """

    use_required_attribute = False

    def __init__(
        self,
        questions: Mapping[str, Question],
        answers: Mapping[str, Any],
        problems: Mapping[str, Sequence[str]],
        prefix: str,
        focus: str = "",
    ) -> None:
        super().__init__(initial=dict(answers), auto_id="%s", prefix=prefix)
        self.fields = dict(questions)
        self.problems = problems
        self.focus = focus
        if focus in questions:
            questions[focus].widget.attrs["autofocus"] = True
        self._errors = ErrorDict()
        for key, told in problems.items():
            if key in self.fields:
                self._errors[key] = ErrorList(told, field_id=f"{prefix}-{key}")

    @property
    def changed_data(self) -> list[str]:
        """Nothing is compared here: services know what changes. 不比较。"""
        return []

    def take(
        self, sent: Any, files: MultiValueDict[str, Any], shown: Container[str] | None = None
    ) -> dict[str, Any]:
        """The answers in what was sent, to all questions or those that the page showed. 取答案。"""
        return {
            key: question.take(sent, files, self.add_prefix(key))
            for key, question in self.questions.items()
            if shown is None or key in shown
        }

    @property
    def questions(self) -> Mapping[str, Question]:
        """The questions by key. 表单项。"""
        return self.fields  # type: ignore[return-value]

    @property
    def faults(self) -> dict[str, list[str]]:
        """What taking could not make sense of, by path. 无法识别的答案。"""
        start = len(self.prefix or "") + 1
        return {
            name[start:].replace("-", "."): told
            for question in self.questions.values()
            for name, told in question.faults.items()
        }

    def within(self, key: str) -> dict[str, Sequence[str]]:
        """The problems inside a question of several parts, by what follows its key. 内部问题。"""
        start = f"{key}."
        return {
            path.removeprefix(start): told
            for path, told in self.problems.items()
            if path.startswith(start)
        }


def blank() -> tuple[str, str]:
    """The choice of none. 不选。"""
    return "", gettext("No answer")
