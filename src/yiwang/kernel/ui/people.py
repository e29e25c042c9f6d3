"""Form fields that name people. 人员控件。

Which people there are, a directory says; identity has one. Without script the colleagues are
offered in a list; with script more of them as one types.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy

from yiwang.kernel.base.errors import YiwangError

from .failures import explain

LISTED = "colleagues"
"""The id of the page's one list of names: `ui/forms/people.html`."""
AT_MOST = 500


class Directory(Protocol):
    """Who can be named. 名录。"""

    @property
    def people(self) -> Sequence[Any]: ...

    def find(self, text: str) -> str:
        """The id of who is called so; YiwangError."""

    def name(self, account: str) -> str:
        """What the field shows for an id."""


class PersonField(forms.CharField):
    """One person, by name; `route` answers names while one types. 人员。"""

    def __init__(self, directory: Directory, route: str, **kwargs: Any) -> None:
        self.directory, self.route = directory, route
        _ = directory.people
        kwargs.setdefault("max_length", 100)
        attrs = {"list": LISTED, "autocomplete": "off"}
        kwargs.setdefault("help_text", gettext_lazy("Write a name or sign-in name."))
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return find(self.directory, text) if text else ""

    def prepare_value(self, value: Any) -> Any:
        return self.directory.name(value) if value else value

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        """Where scripts run, more people than colleagues are offered as one types."""
        self.widget.attrs |= {
            "hx-get": reverse(self.route, args=[form.add_prefix(field_name)]),
            "hx-trigger": "input changed delay:300ms",
            "hx-target": f"#{LISTED}",
            "hx-swap": "innerHTML",
        }
        return super().get_bound_field(form, field_name)


class PeopleField(forms.CharField):
    """Several people, one name a line, or with commas on `one_line`. 多名人员。"""

    def __init__(self, directory: Directory, *, one_line: bool = False, **kwargs: Any) -> None:
        self.directory = directory
        self.between = "，" if one_line else "\n"
        kwargs.setdefault("max_length", 40 * AT_MOST)
        kwargs.setdefault("help_text", gettext_lazy("One name or sign-in name a line."))
        lines = forms.Textarea(attrs={"rows": 4, "class": "few"})
        widget = forms.TextInput(attrs={"autocomplete": "off"}) if one_line else lines
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value) or ""
        for mark in ",，、;；":
            text = text.replace(mark, "\n")
        names = [line.strip() for line in text.splitlines() if line.strip()]
        return list(dict.fromkeys(find(self.directory, name) for name in names))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return self.between.join(self.directory.name(one) for one in value)
        return value


def find(directory: Directory, text: str) -> str:
    """The id that a typed name means; ValidationError. 解析姓名。"""
    try:
        return directory.find(text)
    except YiwangError as error:
        raise ValidationError(explain(error)) from error
