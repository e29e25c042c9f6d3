"""Forms of the catalogue. 目录表单。"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Resource
from .types import GRADES, CatalogueClass, DataFormat, OpenType, SharingType, Subject, UpdateCycle


class EntryForm(forms.Form):
    """The fields that a person fills in; code, items and dates come by themselves. 目录信息表单。"""

    name = forms.CharField(label=_("Name"), max_length=200)
    abstract = forms.CharField(
        label=_("Abstract"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it holds, since when, and what it is used for"),
    )
    catalogue_class = forms.ChoiceField(label=_("Catalogue"), choices=CatalogueClass.choices)
    data_format = forms.ChoiceField(label=_("Format"), choices=DataFormat.choices)
    sharing_type = forms.ChoiceField(
        label=_("Sharing type"), choices=SharingType.choices, required=False
    )
    sharing_basis = forms.CharField(
        label=_("Basis or condition of sharing"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The law or regulation, with its clause; needed unless shared freely"),
    )
    open_type = forms.ChoiceField(label=_("Openness"), choices=OpenType.choices, required=False)
    update_cycle = forms.ChoiceField(
        label=_("Update cycle"), choices=UpdateCycle.choices, required=False
    )


def make_entry_form(resource: Resource) -> EntryForm:
    """The form filled from an entry. 填好的表单。"""
    return EntryForm(initial={name: getattr(resource, name) for name in EntryForm.base_fields})


class PurposeForm(forms.Form):
    """Why personal data must be seen. 用途表单。"""

    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=4,
        max_length=300,
        help_text=_("It stands in the ledger with your name, and every page you open until then"),
    )


class ReasonForm(forms.Form):
    """Why somebody decides so. 理由表单。"""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=300)


class GradeForm(ReasonForm):
    """A grade by a person; empty takes the word back. 人工定级表单。"""

    grade = forms.TypedChoiceField(
        label=_("Grade"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("As computed")), *((n, label) for n, label in GRADES.items() if n)],
    )
    field_order = ("grade", "reason")

    @property
    def chosen(self) -> int | None:
        """The grade chosen, or None for as computed. 所选级别。"""
        found = self.cleaned_data["grade"]
        return int(found) if found else None


class RuleForm(ReasonForm):
    """From how many rows personal data is one level higher. 定级规则表单。"""

    persons = forms.IntegerField(label=_("Rows of personal data"), min_value=1, max_value=10**10)
    field_order = ("persons", "reason")


class ClaimForm(ReasonForm):
    """Which item claims its element, for whom. 认领表单。"""

    item = forms.CharField(max_length=300)
    subject = forms.ChoiceField(choices=Subject.choices, required=False)
