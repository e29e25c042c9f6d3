"""Choosing a data element by typing a part of its name. 数据元选择框。"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from yiwang.kernel.standards.services import get_elements, name_element

register = template.Library()


@register.inclusion_tag("standards/element_list.html")
def element_list() -> dict[str, Any]:
    """The names that the inputs of a page choose from; stands once on it. 数据元候选表。"""
    language = get_language() or "zh"
    return {"names": sorted(name_element(code, language) for code in get_elements())}


@register.inclusion_tag("standards/element_input.html")
def element_input(name: str, code: str, label: str, wrong: str = "") -> dict[str, Any]:
    """A text input that names one element; `wrong` is the id of what is wrong with it. 数据元输入框。"""
    shown = name_element(code, get_language() or "zh")
    return {"name": name, "value": shown, "label": label, "wrong": wrong}
