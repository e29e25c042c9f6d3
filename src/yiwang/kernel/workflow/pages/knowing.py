"""Forms of cases that fill themselves in with what is known already. 已知信息带入表单。"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.records.services import Offer
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.types import Field

from .fields import NO, YES
from .instead import Buttons

KNOWN = "known"
"""Named by the button that fills in what is known. 带入按钮。"""
GIVEN_AT_MOST = 200


class KnowingForm(forms.Form):
    """A form whose fields are some of a case: `keys` by the names of their controls. 可带入表单。

    `takes_over`: some of them may be answered by what is known. `instead`: what else may be booked.
    """

    keys: Mapping[str, str] = {}
    instead: Buttons = []
    takes_over = False

    def give(self, fields: Mapping[str, Field], told: Mapping[str, str]) -> None:
        """Start with what an address says of the fields by which known values are looked up. 地址带入项。"""
        by = {mine for one in fields.values() if one.known for _, mine in one.known.match}
        for name, key in self.keys.items():
            if key in by and told.get(key):
                self.fields[name].initial = told[key][:GIVEN_AT_MOST]

    def know(
        self,
        actor: Actor,
        fields: Mapping[str, Field],
        standing: Mapping[str, Any],
        kept: Collection[str] = (),
    ) -> None:
        """Answer with what is known what nobody has answered yet, and say from where. 带入已知信息。"""
        asked = {
            key: name for name, key in self.keys.items() if fields[key].known and key not in kept
        }
        self.takes_over = bool(asked)
        if self.is_bound and self.data.get("do") != KNOWN:
            return
        if not any(self._answer(name) in (None, "") for name in asked.values()):
            return
        answers = {**standing, **{key: self._answer(name) for name, key in self.keys.items()}}
        found = services.find_known(actor, [fields[key] for key in asked], answers)
        for key, offer in found.items():
            self._fill(asked[key], offer)

    def know_again(self) -> None:
        """Drawn anew with what was sent: nothing was decided, so nothing is wrong yet. 重新绘制。"""
        self.full_clean()
        self._errors = ErrorDict()

    def _answer(self, name: str) -> Any:
        return self.data.get(name) if self.is_bound else self.fields[name].initial

    def _fill(self, name: str, offer: Offer) -> None:
        field, value = self.fields[name], _as_sent(offer.value)
        if not offer.masked and self._answer(name) in (None, ""):
            if isinstance(self.data, QueryDict):
                self.data = self.data.copy()
                self.data[name] = value
            else:
                field.initial = value
        told = (_say(offer, field, same=self._answer(name) == value), field.help_text)
        field.help_text = " ".join(str(one) for one in told if one)


def _as_sent(value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def _say(offer: Offer, field: forms.Field, *, same: bool) -> str:
    """Where a value stands already, since when, and what it is where the answer is another. 已知说明。"""
    names = dict(_flat(getattr(field, "choices", ())))
    told = {
        "source": in_language(offer.source.title),
        "day": f"{localtime(offer.at):%Y-%m-%d}",
        "value": names.get(str(offer.value)) or show(offer.typed),
    }
    if offer.masked:
        text = msg("Known from %(source)s (%(day)s), masked for you: %(value)s")
    elif same:
        text = msg("Known from %(source)s (%(day)s). Look at it, and put it right if it is wrong.")
    else:
        text = msg("%(source)s says %(value)s (%(day)s).")
    return gettext(text) % told


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)
