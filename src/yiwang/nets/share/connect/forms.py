"""Forms of deliveries. 报送表单。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.act import Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.forms import FilesField

from .services.permissions import LAND
from .types import DeliveryKind, Instructions


class SendForm(forms.Form):
    """Files and what they are. 报送表单。"""

    uploads = FilesField(
        label=_("Files"),
        allow_empty_file=True,  # one empty file among many is refused by itself, with its name
        help_text=_(
            "CSV, TXT, Excel, ODS, JSON, Parquet, also in ZIP or GZ; up to 300 at once. "
            "What each file is, its content decides, not its name."
        ),
    )
    owner = forms.ChoiceField(
        label=_("Owner"), help_text=_("The department whose register this is")
    )
    name = forms.CharField(
        label=_("Resource"),
        required=False,
        max_length=200,
        help_text=_("Left empty, each file becomes a resource of its own name"),
    )
    kind = forms.ChoiceField(
        label=_("Kind of delivery"), choices=DeliveryKind.choices, widget=forms.RadioSelect
    )
    key = forms.CharField(
        label=_("Key columns"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas; needed for upsert and delete"),
    )
    sheet = forms.CharField(label=_("Sheet"), required=False, max_length=200)
    records = forms.CharField(
        label=_("Records path"),
        required=False,
        max_length=500,
        help_text=_("Where the records stand in a nested JSON file"),
    )
    encoding = forms.CharField(
        label=_("Encoding"), required=False, max_length=40, help_text=_("Found out if left empty")
    )
    header_row = forms.IntegerField(
        label=_("Header row"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=_("Counted from 1; 0 if there is none; proposed if left empty"),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"kind": DeliveryKind.FULL, "owner": actor.organization} | kwargs[
            "initial"
        ]
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = identity.choose_organizations(actor, LAND)  # type: ignore[attr-defined]

    def instructions(self) -> Instructions:
        """What the sender said. 报送说明。"""
        return read_instructions(self.cleaned_data)


class AgainForm(forms.Form):
    """Other instructions for a held or refused delivery. 重新汇聚表单。"""

    kind = SendForm.base_fields["kind"]
    key = SendForm.base_fields["key"]
    sheet = SendForm.base_fields["sheet"]
    records = SendForm.base_fields["records"]
    encoding = SendForm.base_fields["encoding"]
    header_row = SendForm.base_fields["header_row"]

    def instructions(self) -> Instructions:
        """What the sender says now. 报送说明。"""
        return read_instructions(self.cleaned_data)


def read_instructions(data: dict[str, Any]) -> Instructions:
    """Instructions from cleaned form data. 读表单说明。"""
    key = tuple(part.strip() for part in data["key"].replace("，", ",").split(",") if part.strip())
    return Instructions(
        kind=data["kind"],
        key=key,
        sheet=data["sheet"],
        records=data["records"],
        encoding=data["encoding"],
        header_row=data["header_row"],
    )
