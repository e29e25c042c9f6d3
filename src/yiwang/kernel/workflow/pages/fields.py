"""Fields of a case type as fields of a form. 表单项控件。"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import AccountInfo
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.forms import DateField
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.services.looking import is_guarded
from yiwang.kernel.workflow.services.people import find_person, list_colleagues
from yiwang.kernel.workflow.types import Field

from .words import in_language

BOXES_AT_MOST = 300
DIRECTORY = "colleagues"
YES, NO = "yes", "no"


class Choices:
    """Whom and what the reader may choose, asked once and only where a form needs it. 可选项。"""

    def __init__(self, actor: Actor, standing: Mapping[str, str] | None = None) -> None:
        self.actor = actor
        self.standing = standing or {}
        self._people: list[AccountInfo] | None = None
        self._places: list[tuple[str, list[tuple[str, str]]]] | None = None

    @property
    def people(self) -> list[AccountInfo]:
        """Colleagues. 本单位人员。"""
        if self._people is None:
            self._people = list_colleagues(self.actor)
        return self._people

    @property
    def places(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Organizations by kind, and those that stand in the case already. 可选机构。"""
        if self._places is None:
            self._places = identity.choose_organizations(self.actor, USE)
            known = {code for _, pairs in self._places for code, _ in pairs}
            others = [pair for pair in self.standing.items() if pair[0] not in known]
            if others:
                self._places = [*self._places, (gettext("In this case"), others)]
        return self._places

    @property
    def names_people(self) -> bool:
        """Whether a form has asked for colleagues: then the page offers their names. 是否需要人员。"""
        return self._people is not None

    def resolve(self, text: str) -> str:
        """The account id that a typed name means; ValidationError. 解析姓名。"""
        known = {one.id: one.id for one in self.people} | {one.name: one.id for one in self.people}
        if text in known:
            return known[text]
        try:
            return find_person(self.actor, text).id
        except YiwangError as error:
            raise ValidationError(explain(error)) from error

    def name(self, account: str) -> str:
        """The sign-in name to show for an account id; a typed name stays as typed. 显示账号名。"""
        known = {one.id: one.name for one in self.people}
        if account in known or ":" not in account:
            return known.get(account, account)
        found = identity.get_accounts([account]).get(account)
        return found.name if found else account


class PersonField(forms.CharField):
    """One person, by name; colleagues are offered while one types. 人员。"""

    def __init__(self, choices: Choices, **kwargs: Any) -> None:
        self.choices = choices
        _ = choices.people
        kwargs.setdefault("max_length", 100)
        attrs = {"list": DIRECTORY, "autocomplete": "off"}
        kwargs.setdefault("help_text", gettext_lazy("Write a name or sign-in name."))
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return self.choices.resolve(text) if text else ""

    def prepare_value(self, value: Any) -> Any:
        return self.choices.name(value) if value else value

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        """Where scripts run, more people than colleagues are offered as one types."""
        self.widget.attrs |= {
            "hx-get": reverse("workflow:people", args=[field_name]),
            "hx-trigger": "input changed delay:300ms",
            "hx-target": f"#{DIRECTORY}",
            "hx-swap": "innerHTML",
        }
        return super().get_bound_field(form, field_name)


class PeopleField(forms.CharField):
    """Several people, one name a line. 多名人员。"""

    def __init__(self, choices: Choices, **kwargs: Any) -> None:
        self.choices = choices
        kwargs.setdefault("max_length", 20_000)
        kwargs.setdefault("help_text", gettext_lazy("One name or sign-in name a line."))
        widget = forms.Textarea(attrs={"rows": 4, "class": "few"})
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value) or ""
        for mark in ",，、;；":
            text = text.replace(mark, "\n")
        names = [line.strip() for line in text.splitlines() if line.strip()]
        return list(dict.fromkeys(self.choices.resolve(name) for name in names))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(self.choices.name(one) for one in value)
        return value


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
) -> dict[str, forms.Field]:
    """Form fields for some fields of a type, with what stands there now. 生成控件。

    What is masked is never put back into the page: such a field starts empty, and left empty it
    stays as it is.
    """
    found: dict[str, forms.Field] = {}
    for key in keys:
        one, value = fields[key], (standing or {}).get(key)
        kept = is_guarded(one) and value not in (None, "")
        made = MAKERS[one.kind](one, choices, required=key in needs and not kept)
        made.label = in_language(one.label)
        made.help_text = _help(one, made, kept=kept)
        made.initial = None if kept else _initial(one, value)
        found[key] = made
    return found


def read_fields(
    fields: Mapping[str, Field], cleaned: Mapping[str, Any], standing: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a form's answers mean for the case, without the masked ones left empty. 读取填报值。"""
    found = {}
    for key, value in cleaned.items():
        one = fields[key]
        if is_guarded(one) and value in (None, "") and (standing or {}).get(key):
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
    return PeopleField(choices, required=required)


def _organization(_one: Field, choices: Choices, *, required: bool) -> forms.Field:
    return forms.ChoiceField(required=required, choices=[("", "—"), *choices.places])


def _organizations(_one: Field, choices: Choices, *, required: bool) -> forms.Field:
    found = sum(len(pairs) for _, pairs in choices.places)
    widget = forms.CheckboxSelectMultiple if found <= BOXES_AT_MOST else forms.SelectMultiple
    return forms.MultipleChoiceField(required=required, choices=choices.places, widget=widget)


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
}
