"""What a question tells about its answer, as the data element has it. 填写提示。"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext, ngettext

from yiwang.kernel.files.services import name_kind
from yiwang.kernel.records.types import Field
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Element

FORMAT = re.compile(r"(a|n|an)(?:(\.\.)?([0-9]+))(?:\.\.([0-9]+))?(?:,[0-9]+)?")
LONG = 100
"""Longer than this nobody counts: nothing is said. 不提示的长度。"""
MODES = {"mobile": "tel", "landline": "tel", "phone": "tel", "email": "email"}


def hint_of(field: Field) -> str:
    """How to fill it in, in few words; often nothing. 填写提示。"""
    if field.kind == "files":
        return _hint_of_files(field)
    if field.kind == "number" and field.decimals:
        return ngettext(
            "At most %(places)s decimal place", "At most %(places)s decimal places", field.decimals
        ) % {"places": field.decimals}
    element = standards.find_element(field.element) if field.element else None
    if element and field.kind == "text" and not element.code_set:
        return gettext(" or ").join(filter(None, map(_say_format, element.format.split("|"))))
    return ""


def input_attributes(field: Field) -> dict[str, str]:
    """How a browser helps with it: which keys, no guessing at what others are called. 输入属性。"""
    element = standards.find_element(field.element) if field.element else None
    if element is None or field.kind not in ("text", "integer", "number"):
        return {}
    told = {"inputmode": mode} if (mode := _mode(element)) else {}
    # The browser would offer what it knows of whoever sits at it, and records are about others.
    return told | ({"autocomplete": "off"} if element.personal else {})


def _mode(element: Element) -> str:
    if element.check in MODES:
        return MODES[element.check]
    parts = element.format.split("|")
    return "numeric" if all(re.fullmatch(r"n[0-9.]+", one) for one in parts) else ""


def _hint_of_files(field: Field) -> str:
    told: Mapping[str, object] = {
        "size": field.megabytes, "kinds": ", ".join(map(name_kind, field.types))
    }  # fmt: skip
    if field.types:
        return gettext("%(kinds)s; at most %(size)s MB each") % told
    return gettext("Pictures and documents; at most %(size)s MB each") % told


def _say_format(one: str) -> str:
    """A notation of GB/T 19488 in words: `an18`, `n..12`, `YYYYMMDD`."""
    found = FORMAT.fullmatch(one)
    if found is None:
        return ""
    letters, up_to, count, most = found.groups()
    told = {"count": most or count, "least": count}
    if int(told["count"]) > LONG:
        return ""
    if most:
        return gettext("%(least)s to %(count)s characters") % told
    if up_to:
        return ""
    if letters == "n":
        return gettext("%(count)s digits") % told
    return gettext("%(count)s characters") % told
