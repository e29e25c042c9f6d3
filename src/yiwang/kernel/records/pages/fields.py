"""Questions: fields of an entity as fields of a form. 表单项。

A question draws an answer and takes what was sent for it; whether that is right is asked of the
declaration alone. So an answer is kept as it was typed until it is right: a text where a number
belongs stays that text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.records.services.naming import list_choices
from yiwang.kernel.records.types import Field
from yiwang.kernel.ui import people
from yiwang.kernel.ui.labels import in_language

from .fields_files import FilesQuestion
from .fields_finding import (
    OPTIONS_AT_MOST,
    CodeSource,
    FindQuestion,
    ask_link,
    ask_organization,
)
from .fields_rows import GroupQuestion
from .hints import hint_of, input_attributes
from .questions import NO, YES, Question, blank, keep_choice
from .sources import Sources

RADIOS_AT_MOST = 7


class TextQuestion(Question):
    """A line of text. 单行文本。"""

    widget = forms.TextInput


class LongQuestion(Question):
    """Several lines of text; a browser's line ends become plain ones. 多行文本。"""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), **kwargs)

    def as_answer(self, value: Any) -> Any:
        text = super().as_answer(value)
        return text.replace("\r\n", "\n") if text else text


class NumberQuestion(Question):
    """A number as it was typed: the declaration reads full width and grouped digits. 数字。"""

    def __init__(self, *, whole: bool, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric" if whole else "decimal", "class": "short"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def as_answer(self, value: Any) -> Any:
        return super().as_answer(value if value is None else str(value))


class DateQuestion(Question):
    """A day. 日期。"""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
        super().__init__(widget=widget, **kwargs)


class MomentQuestion(Question):
    """A moment, in the time of the city. 时间。"""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "datetime-local", "class": "short"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        moment = _read_moment(value)
        if moment is None or moment.tzinfo is None:
            return value
        local = localtime(moment).replace(tzinfo=None, microsecond=0)
        return local.isoformat(timespec="seconds" if local.second else "minutes")


def _read_moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


class YesNoQuestion(Question):
    """Yes or no; where it need not be answered, neither. 是否。"""

    def __init__(self, *, required: bool, **kwargs: Any) -> None:
        choices = [(YES, gettext("Yes")), (NO, gettext("No"))]
        widget = forms.RadioSelect(choices=choices if required else [*choices, blank()])
        super().__init__(required=required, widget=widget, **kwargs)

    def as_answer(self, value: Any) -> Any:
        return {YES: True, NO: False}.get(value, super().as_answer(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: YES, False: NO, None: ""}.get(value, value)


class ChoiceQuestion(Question):
    """One of several: few as buttons to see at once, more in a list. 单选。"""

    def __init__(self, choices: list[Any], *, required: bool, **kwargs: Any) -> None:
        if len(choices) <= RADIOS_AT_MOST:
            told = choices if required else [*choices, blank()]
            widget: forms.Widget = forms.RadioSelect(choices=told)
        else:
            widget = forms.Select(choices=[("", "—"), *choices])
        super().__init__(required=required, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        keep_choice(self.widget, value, value)
        return "" if value is None else value


class ChoicesQuestion(Question):
    """Any of several. 多选。"""

    def __init__(self, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple(choices=choices), **kwargs)

    def as_answer(self, value: Any) -> Any:
        return list(dict.fromkeys(value or [])) or None

    def prepare_value(self, value: Any) -> Any:
        for one in value or ():
            keep_choice(self.widget, one, one)
        return value


class WhoQuestion(Question):
    """A person, by name: an id once it is known who is meant, until then what was typed. 人员。"""

    def __init__(self, sources: Sources, **kwargs: Any) -> None:
        self.named = people.PersonField(sources.directory, "records:people", required=False)
        kwargs["help_text"] = " ".join(
            str(text) for text in (kwargs.get("help_text"), self.named.help_text) if text
        )
        super().__init__(widget=self.named.widget, **kwargs)
        self.named.widget = self.widget

    def take(self, sent: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        text = super().take(sent, files, name)
        try:
            return self.named.clean(text) or None
        except ValidationError as error:
            self.faults[name] = [str(one) for one in error.messages]
            return text

    def prepare_value(self, value: Any) -> Any:
        return self.named.prepare_value(value)

    def settle(self, answer: Any) -> Any:
        return answer

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        self.named.get_bound_field(form, field_name)
        return super().get_bound_field(form, field_name)


class PointQuestion(Question):
    """A place as `longitude,latitude`, in degrees. 位置。"""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = kwargs.get("help_text") or gettext(
            "Longitude and latitude in degrees, for example 116.3975,39.9087"
        )
        attrs = {"class": "short", "data-place": gettext("Use where I am now")}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)


def ask(field: Field, sources: Sources, place: str, *, required: bool) -> Question:
    """The question that a field is; `place` names it in its entity: `members.phone`. 生成表单项。"""
    unit = in_language(field.unit)
    label = in_language(field.label)
    told: dict[str, Any] = {
        "required": required,
        "label": f"{label} ({unit})" if unit else label,
        "help_text": " ".join(filter(None, (in_language(field.help), hint_of(field)))),
    }
    made = MAKERS[field.kind](field, sources, place, told)
    made.widget.attrs |= input_attributes(field)
    return made


def _choice(field: Field, sources: Sources, place: str, told: dict[str, Any]) -> Question:
    choices = [(code, in_language(label)) for code, label in list_choices(field)]
    if len(choices) > OPTIONS_AT_MOST:
        return FindQuestion(CodeSource(choices), sources, place, **told)
    return ChoiceQuestion(choices, **told)


def _choices(field: Field, _sources: Sources, _place: str, told: dict[str, Any]) -> Question:
    return ChoicesQuestion(
        [(code, in_language(label)) for code, label in list_choices(field)], **told
    )


def _group(field: Field, sources: Sources, place: str, told: dict[str, Any]) -> Question:
    def make() -> dict[str, Question]:
        return {
            key: ask(one, sources, f"{place}.{key}", required=one.required)
            for key, one in field.fields.items()
        }

    return GroupQuestion(make, most=field.most, **told)


Maker = Callable[[Field, Sources, str, dict[str, Any]], Question]
MAKERS: Mapping[str, Maker] = {
    "text": lambda _field, _sources, _place, told: TextQuestion(**told),
    "longtext": lambda _field, _sources, _place, told: LongQuestion(**told),
    "integer": lambda _field, _sources, _place, told: NumberQuestion(whole=True, **told),
    "number": lambda _field, _sources, _place, told: NumberQuestion(whole=False, **told),
    "date": lambda _field, _sources, _place, told: DateQuestion(**told),
    "datetime": lambda _field, _sources, _place, told: MomentQuestion(**told),
    "boolean": lambda _field, _sources, _place, told: YesNoQuestion(**told),
    "choice": _choice,
    "choices": _choices,
    "link": ask_link,
    "person": lambda _field, sources, _place, told: WhoQuestion(sources, **told),
    "organization": ask_organization,
    "point": lambda _field, _sources, _place, told: PointQuestion(**told),
    "files": lambda field, sources, _place, told: FilesQuestion(field, sources, **told),
    "group": _group,
}
