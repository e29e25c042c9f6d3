"""Forms of requests and grants. 共享申请与授权表单。"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.clock import today
from yiwang.kernel.ui.labels import in_language
from yiwang.nets.share.catalog.types import ItemInfo

from . import services
from .items import CLEAR, ItemsField, offer_items
from .models import REASON, WORDS, Terms
from .types import Method, Wanted


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A day, chosen from the browser's calendar. 日期。"""
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip


class RequestForm(forms.Form):
    """What somebody asks for, and why. 共享申请表单。"""

    purpose_kind = forms.ChoiceField(
        label=_("Kind of purpose"),
        help_text=_("Columns that it does not need are flagged for those who decide"),
    )
    purpose = forms.CharField(
        label=_("Purpose"), min_length=4, max_length=WORDS,
        help_text=_("What the data is used for; it stands in the ledger with every look"),
    )  # fmt: skip
    duty = forms.CharField(
        label=_("Legal duty"), min_length=4, max_length=WORDS, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The law or regulation with its clause, or the duty of your department"),
    )  # fmt: skip
    columns = ItemsField(
        label=_("Data items"),
        help_text=_(
            "As few as the purpose needs. Personal data comes masked; a token tells one person from "
            "another without saying who it is. To what is seen unmasked a second person of the owner has to agree."
        ),
    )
    row_filter = forms.CharField(
        label=_("Rows"), required=False, max_length=2000,
        help_text=_("Empty for all rows; else for example: street = 'East Lake' and state <> ''"),
    )  # fmt: skip
    until = day_field(
        _("Until"), _("The last day on which you need it, at most three years from now")
    )
    method = forms.ChoiceField(label=_("How to get it"), choices=Method.choices)
    volume = forms.IntegerField(
        label=_("Rows a month"), min_value=1, max_value=10**9, initial=10_000
    )
    anyway = forms.BooleanField(label=_("Ask although a grant answers it already"), required=False)

    def __init__(self, items: list[ItemInfo], guarded: set[str], *args: Any, **named: Any) -> None:
        named.setdefault("initial", {"until": today() + timedelta(days=365)})
        super().__init__(*args, **named)
        kinds = services.list_purposes().values()
        self.fields["purpose_kind"].choices = [(one.code, in_language(one.label)) for one in kinds]  # type: ignore[attr-defined]
        self.fields["columns"].offer(offer_items(items, guarded))  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What was filled in. 申请内容。"""
        said = dict(self.cleaned_data)
        ways: dict[str, str] = said.pop("columns")
        return Wanted(
            columns=tuple(ways),
            clear=tuple(name for name, how in ways.items() if how == CLEAR),
            masks={name: how for name, how in ways.items() if how not in ("", CLEAR)},
            **said,
        )


class ReasonForm(forms.Form):
    """Why. 理由表单。"""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=REASON)


class NarrowForm(ReasonForm):
    """What is left of a grant. 收窄表单。"""

    columns = forms.MultipleChoiceField(label=_("Data items"), widget=forms.CheckboxSelectMultiple)
    until = day_field(_("Until"))
    quota = forms.IntegerField(label=_("Rows a month"), min_value=1)
    field_order = ("columns", "until", "quota", "reason")

    def __init__(self, terms: Terms, *args: Any, **named: Any) -> None:
        initial = {"columns": terms.columns, "until": terms.until, "quota": terms.quota}
        super().__init__(*args, **{"initial": initial} | named)
        self.fields["columns"].choices = [(one, one) for one in terms.columns]  # type: ignore[attr-defined]

    def narrower(self) -> services.Narrower:
        """What was filled in. 收窄内容。"""
        said = self.cleaned_data
        return services.Narrower(tuple(said["columns"]), said["until"], said["quota"])


class DenyForm(ReasonForm):
    """Who may have nothing, of what. 禁止名单表单。"""

    organization = forms.CharField(label=_("Code of the organization"), max_length=40)
    resource = forms.CharField(
        label=_("Code of the resource"), max_length=60, required=False,
        help_text=_("Empty for all resources"),
    )  # fmt: skip
    field_order = ("organization", "resource", "reason")
