"""Forms of the workbench. 工作台表单。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from yiwang.kernel.identity.services import list_tree
from yiwang.kernel.identity.types import ORGANIZATION_KINDS, ROLES
from yiwang.kernel.ui.forms import DateField

INDENT = "\u3000"  # a full-width space: children stand under their parents in a drop-down


def organization_choices(nothing: str) -> list[tuple[str, str]]:
    """All organizations by code, children indented, after the choice of none. 机构选项。"""
    tree = [(one.code, f"{INDENT * one.depth}{one.name}") for one in list_tree()]
    return [("", gettext(nothing)), *tree]


class OrganizationForm(forms.Form):
    """An organization. 机构表单。"""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        help_text=gettext_lazy(
            "The unified social credit code, or the code your city uses. It stays for good: "
            "organizations of different systems are merged by it."
        ),
    )
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    short_name = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("As it fits a column or a chart"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    parent_code = forms.ChoiceField(
        label=gettext_lazy("Stands under"),
        required=False,
        help_text=gettext_lazy("Those who work there also reach what stands below."),
    )
    region_code = forms.CharField(
        label=gettext_lazy("Region code"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Digits of the administrative division, for example 110101"),
    )

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(value, gettext(text)) for value, text in ORGANIZATION_KINDS.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        parents = organization_choices("None, it is at the top")
        self.fields["parent_code"].choices = parents  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["code"]


class AccountForm(forms.Form):
    """A new account. 新建账号表单。"""

    name = forms.CharField(
        label=gettext_lazy("Account name"),
        max_length=64,
        help_text=gettext_lazy(
            "What is typed to sign in, for example zhang.san; it stays for good"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(label=gettext_lazy("Person's name"), max_length=100)
    organization_code = forms.ChoiceField(label=gettext_lazy("Organization"), required=False)
    title = forms.CharField(label=gettext_lazy("Post"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = organization_choices("None yet")
        self.fields["organization_code"].choices = choices  # type: ignore[attr-defined]


class NameForm(forms.Form):
    """How an account's owner is called. 姓名表单。"""

    full_name = forms.CharField(label=gettext_lazy("Person's name"), max_length=100)


class PostForm(forms.Form):
    """A post in an organization. 任职表单。"""

    organization_code = forms.ChoiceField(label=gettext_lazy("Organization"))
    title = forms.CharField(label=gettext_lazy("Post"), max_length=100, required=False)
    valid_from = DateField(
        label=gettext_lazy("From"),
        required=False,
        help_text=gettext_lazy("Left empty, from today on"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = organization_choices("Choose an organization")
        self.fields["organization_code"].choices = choices  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role to grant, and why. 授权表单。"""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example the number of the request; it goes on record"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(code, gettext(role.label)) for code, role in ROLES.items()]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done. 理由表单。"""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def read_reason(data: Mapping[str, str]) -> str:
    """The reason in a form that has nothing else to check. 读取理由。"""
    return data.get("reason", "").replace("\0", "").strip()[:200]
