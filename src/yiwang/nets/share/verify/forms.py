"""The forms of checks and of the one-stop query. 核验与一站式查询表单。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.nets.share.exchange.models import WORDS

from . import services


class AboutForm(forms.Form):
    """About whom, and what for. 查询对象与用途。"""

    number = forms.CharField(
        label=_("Number of the person or firm"), max_length=60, strip=True,
        help_text=_("A resident ID number or a unified social credit code, 18 characters"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("What you need it for"), min_length=4, max_length=WORDS,
        help_text=_("The matter in hand; it stands in the ledger with every look, with your name"),
    )  # fmt: skip


class CheckForm(forms.Form):
    """What somebody stated, a field for each granted column; those of the key are needed. 核验表单。"""

    def __init__(self, keys: Sequence[str], columns: Sequence[str], *args: Any) -> None:
        super().__init__(*args)
        self.names = {f"c{place}": name for place, name in enumerate(columns)}
        for field, name in self.names.items():
            self.fields[field] = forms.CharField(
                label=name, required=name in keys, max_length=services.LONGEST,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip

    def stated(self) -> dict[str, str]:
        """The columns of which something was stated. 所填内容。"""
        said = self.cleaned_data
        return {name: said[field] for field, name in self.names.items() if said[field]}
