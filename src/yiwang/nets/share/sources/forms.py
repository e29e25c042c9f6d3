"""Forms of live sources. 数据源表单。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.act import Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.live.types import LiveKind, LiveTable, Setting
from yiwang.kernel.standards import services as standards

from .services import MANAGE, Plan
from .types import Cycle, Mode

PREFIX = "setting_"
MOST = 10**12
FILE_MODES = [
    (Mode.FULL.value, _("Whole: each file replaces what was there")),
    (Mode.APPEND.value, _("Each file adds its rows")),
    (Mode.UPSERT.value, _("Rows of each file replace those with the same key")),
]


class SourceForm(forms.Form):
    """A source: whose it is, and what its kind needs to be told. 数据源表单。"""

    owner = forms.ChoiceField(label=_("Owner"), help_text=_("The department whose data is read"))
    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(
        self, actor: Actor, kind: LiveKind, *args: Any, entered: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if entered:
            del self.fields["owner"]
        else:
            self.fields["owner"].choices = identity.choose_organizations(actor, MANAGE)  # type: ignore[attr-defined]
        for setting in kind.settings:
            self.fields[PREFIX + setting.name] = make_field(setting, entered=entered)

    def settings(self) -> dict[str, str]:
        """What was said of the connection. 连接参数。"""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX)
        }


def make_field(setting: Setting, *, entered: bool) -> forms.Field:
    """The form field of a setting. 参数字段。"""
    told: dict[str, Any] = {
        "label": gettext(setting.label),
        "required": setting.required,
        "help_text": gettext(setting.help) if setting.help else "",
    }
    if setting.kind == "choice":
        choices = [(value, gettext(label)) for value, label in setting.choices]
        return forms.ChoiceField(**told, choices=choices, initial=setting.default)
    if setting.kind == "secret":
        if entered:
            told["help_text"] = gettext("Left empty, it stays as it is; it is never shown again.")
        hidden = {"autocomplete": "new-password"}
        if setting.name == "private_key":
            return forms.CharField(**told, strip=False, widget=forms.Textarea(attrs={"rows": 4}))
        widget = forms.PasswordInput(attrs=hidden)
        return forms.CharField(**told, strip=False, max_length=400, widget=widget)
    return forms.CharField(**told, max_length=1000, initial=setting.default)


class PlanForm(forms.Form):
    """How a table is read, and when. 读取方案表单。"""

    mode = forms.ChoiceField(label=_("Way of reading"), choices=Mode, widget=forms.RadioSelect)
    watermark = forms.ChoiceField(
        label=_("Watermark column"),
        required=False,
        help_text=_("Grows with each new or changed row; only what is above it is read"),
    )
    key = forms.CharField(
        label=_("Key columns"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas; needed where changed rows replace"),
    )
    overlap = forms.IntegerField(
        label=_("Go back behind the watermark"),
        required=False,
        min_value=0,
        max_value=10**8,
        help_text=_("For rows that came late: seconds for times, days for dates, else a number"),
    )
    cycle = forms.ChoiceField(label=_("Read by itself"), choices=Cycle)
    at = forms.TimeField(
        label=_("At"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Time of day; 02:00 if left empty"),
    )
    opens = forms.TimeField(
        label=_("May be read from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=_("May be read until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Leave both empty where it may be read at any hour; 22:00 to 06:00 is a night"),
    )
    rows_per_second = forms.IntegerField(
        label=_("Rows a second at most"), required=False, min_value=0, max_value=10**7
    )
    most_rows = forms.IntegerField(
        label=_("Rows a reading at most"), required=False, min_value=0, max_value=MOST
    )
    most_bytes = forms.IntegerField(
        label=_("Bytes a reading at most"), required=False, min_value=0, max_value=MOST
    )

    def __init__(self, watermarks: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((one, one) for one in watermarks)]
        self.fields["watermark"].choices = choices  # type: ignore[attr-defined]
        if not watermarks:
            self.fields["mode"].choices = FILE_MODES  # type: ignore[attr-defined]
            del self.fields["watermark"]
            del self.fields["overlap"]

    def plan(self, columns: Mapping[str, str]) -> Plan:
        """The plan it says. 方案。"""
        said = self.cleaned_data
        numbers = ("overlap", "rows_per_second", "most_rows", "most_bytes")
        return Plan(
            columns=columns,
            mode=said["mode"],
            watermark=said.get("watermark", "") if said["mode"] != Mode.FULL else "",
            key=split(said["key"]),
            cycle=said["cycle"],
            at=said["at"],
            opens=said["opens"],
            closes=said["closes"],
            **{name: said.get(name) or 0 for name in numbers},
        )


class TakeForm(PlanForm):
    """A table to read from now on. 选表表单。"""

    resource = forms.CharField(
        label=_("Resource"), max_length=200, help_text=_("The catalogue entry it becomes")
    )
    field_order = ["resource"]


def split(text: str) -> tuple[str, ...]:
    """Names separated by commas. 拆分。"""
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def read_columns(given: Any, table: LiveTable) -> dict[str, str]:
    """The ticked columns and the element confirmed for each. 所选字段。"""
    ticked = set(given.getlist("column"))
    return {
        column.name: standards.read_element(given.get(f"element_{place}", ""))
        for place, column in enumerate(table.columns)
        if column.name in ticked
    }
