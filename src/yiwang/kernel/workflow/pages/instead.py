"""Free slots in place of one that a case asked for in vain, each a button that sends the form with it. 改选时段。"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from yiwang.kernel.base.errors import YiwangError

NAME = "instead"
Buttons = list[tuple[str, str]]
"""The value of each button, and its words. 按钮。"""


def list_instead(error: YiwangError, keys: Mapping[str, str], action: str = "") -> Buttons:
    """What a refusal offers to a form that asks for all of a slot; `keys` are its controls. 可改选时段。

    `action` is the decision with which the form was sent, to be sent again.
    """
    names = {key: name for name, key in keys.items()}
    found = []
    for offer in error.extra.get("offers", ()):
        if set(offer) <= set(names):
            told = {names[key]: value for key, value in offer.items()}
            again = {"action": action} if action else {}
            day, begins, ends = offer.values()
            found.append((urlencode({**told, **again}), f"{day} {begins}–{ends}"))
    return found


def choose_instead(sent: QueryDict) -> QueryDict:
    """What was sent, with the slot in it that a button names. 改选。

    A button says no more than the form itself could have said.
    """
    if NAME not in sent:
        return sent
    told = sent.copy()
    for name, value in parse_qsl(told.pop(NAME)[0], max_num_fields=5):
        told[name] = value
    return told
