"""Fields of a case type as fields of a form. 表单项控件。"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext

from yiwang.kernel.ui import people
from yiwang.kernel.ui.forms import DateField
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow.services.borrowing import list_offers
from yiwang.kernel.workflow.types import Field

from .choices import Choices
from .files import AttachmentsField

BOXES_AT_MOST = 300
YES, NO = "yes", "no"


class PersonField(people.PersonField):
    """One person, by name; others than colleagues are offered by the pages of cases. 人员。"""

    def __init__(self, choices: Choices, **kwargs: Any) -> None:
        super().__init__(choices, "workflow:people", **kwargs)


class NumberField(forms.FloatField):
    """A number; a whole one stays whole. 数值。"""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is not None and math.isfinite(number) and number == int(number):
            return int(number)
        return number


class ChosenDate(DateField):
    """A date as the log keeps it: 2026-11-22. 日期。"""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.isoformat() if found else None


def build_fields(
    fields: Mapping[str, Field],
    keys: Sequence[str],
    choices: Choices,
    *,
    needs: Collection[str] = (),
    standing: Mapping[str, Any] | None = None,
    kept: Collection[str] = (),
) -> dict[str, forms.Field]:
    """Form fields for some fields of a type, with what stands there now. 生成控件。

    What is masked or hidden is never put back into the page: a field that is `kept` starts empty, and
    left empty it stays as it is.
    """
    found: dict[str, forms.Field] = {}
    for key in keys:
        one, value = fields[key], (standing or {}).get(key)
        made = MAKERS[one.kind](one, choices, required=key in needs and key not in kept)
        made.label = in_language(one.label)
        made.help_text = _help(one, made, kept=key in kept)
        made.initial = None if key in kept else _initial(one, value)
        found[key] = made
    return found


def read_fields(
    fields: Mapping[str, Field], cleaned: Mapping[str, Any], kept: Collection[str] = ()
) -> dict[str, Any]:
    """What a form's answers mean for the case, without those `kept` and left empty. 读取填报值。"""
    found = {}
    for key, value in cleaned.items():
        one = fields[key]
        if key in kept and value in (None, "", []):
            continue
        found[key] = value == YES if one.kind == "boolean" and value else value
        if one.kind == "boolean" and not value:
            found[key] = None
    return found


def _help(one: Field, made: forms.Field, *, kept: bool) -> str:
    told = [in_language(one.help), str(made.help_text or "")]
    if kept:
        told.append(gettext("Leave it empty to keep what stands there."))
    return " ".join(text for text in told if text)


def _initial(one: Field, value: Any) -> Any:
    if one.kind == "boolean" and value is not None:
        return YES if value else NO
    return value


def _text(_one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    return forms.CharField(required=required, max_length=500)


def _longtext(_one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(required=required, max_length=20_000, widget=widget)


def _number(_one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    return NumberField(required=required, widget=forms.NumberInput(attrs={"step": "any"}))


def _integer(_one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    return forms.IntegerField(required=required)


def _date(_one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    return ChosenDate(required=required)


def _boolean(_one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    choices = [("", "—"), (YES, gettext("Yes")), (NO, gettext("No"))]
    return forms.ChoiceField(required=required, choices=choices)


def _choice(one: Field, _choices: Choices, *, required: bool) -> forms.Field:
    choices = [("", "—"), *((code, in_language(label)) for code, label in one.choices)]
    return forms.ChoiceField(required=required, choices=choices)


def _person(_one: Field, choices: Choices, *, required: bool) -> forms.Field:
    return PersonField(choices, required=required)


def _people(_one: Field, choices: Choices, *, required: bool) -> forms.Field:
    return people.PeopleField(choices, required=required)


def _organization(one: Field, choices: Choices, *, required: bool) -> forms.Field:
    places = choices.places_of(one)
    return forms.ChoiceField(required=required, choices=[("", "—"), *places])


def _organizations(one: Field, choices: Choices, *, required: bool) -> forms.Field:
    places = choices.places_of(one)
    found = sum(len(pairs) for _, pairs in places)
    widget = forms.CheckboxSelectMultiple if found <= BOXES_AT_MOST else forms.SelectMultiple
    return forms.MultipleChoiceField(required=required, choices=places, widget=widget)


def _files(one: Field, choices: Choices, *, required: bool) -> forms.Field:
    return AttachmentsField(choices, one, required=required)


def _same(one: Field, choices: Choices, *, required: bool) -> forms.Field:
    found = [(value, in_language(label)) for value, label in list_offers(choices.actor, one)]
    return forms.ChoiceField(required=required, choices=[("", "—"), *found])


class Maker(Protocol):
    """Makes the form field of one kind. 控件生成。"""

    def __call__(self, one: Field, choices: Choices, /, *, required: bool) -> forms.Field: ...


MAKERS: Mapping[str, Maker] = {
    "text": _text,
    "longtext": _longtext,
    "number": _number,
    "integer": _integer,
    "date": _date,
    "boolean": _boolean,
    "choice": _choice,
    "person": _person,
    "people": _people,
    "organization": _organization,
    "organizations": _organizations,
    "same": _same,
    "files": _files,
}
