"""Reading what was sent to an action of CKAN: JSON values, or texts of an address. 读取参数。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

Given = Mapping[str, Any]
LONGEST = 300


def wrong(field: str, why: str) -> InvalidInput:
    """The error for one parameter; `why` is a message id. 参数错误。"""
    return InvalidInput(
        "lookup.parameter.invalid", "%(field)s: %(why)s", field=field, why=gettext_lazy(why)
    )


def refuse_others(given: Given, *known: str) -> None:
    """A misspelt parameter is not passed over: the answer would be another one. 拒绝未知参数。

    Clients send many that begin with `include_` or `use_`: they ask for more than there is here.
    """
    strange = [
        name for name in given if name not in known and not name.startswith(("include_", "use_"))
    ]
    if strange:
        raise wrong(strange[0][:60], msg("This action takes no such parameter here"))


def read_text(given: Given, name: str, *, needed: bool = False) -> str:
    """A text of at most 300 characters; empty for nothing unless it is needed. 文本参数。"""
    said = given.get(name)
    if said is None or said == "":
        if needed:
            raise wrong(name, msg("Missing value"))
        return ""
    if not isinstance(said, str) or len(said) > LONGEST:
        raise wrong(name, msg("A short text is expected"))
    return said


def read_count(given: Given, name: str, usual: int) -> int:
    """A whole number from 0 on. 计数参数。"""
    said = given.get(name)
    if said is None or said == "":
        return usual
    text = str(said)
    if isinstance(said, bool) or not (text.isascii() and text.isdigit() and len(text) < 16):
        raise wrong(name, msg("A whole number from 0 on is expected"))
    return int(text)


def read_flag(given: Given, name: str, *, default: bool) -> bool:
    """True or false. 布尔参数。"""
    said = given.get(name)
    if said is None or said == "":
        return default
    if str(said).lower() not in ("true", "false", "1", "0", "yes", "no"):
        raise wrong(name, msg("true or false is expected"))
    return str(said).lower() in ("true", "1", "yes")


def read_words(given: Given, name: str) -> list[str]:
    """A list of texts, or one with commas between. 列表参数。"""
    said = given.get(name)
    if said is None or said == "":
        return []
    found = said if isinstance(said, list) else str(said).split(",")
    if not all(isinstance(one, str) for one in found):
        raise wrong(name, msg("A list of texts is expected"))
    return [one.strip() for one in found if one.strip()]
