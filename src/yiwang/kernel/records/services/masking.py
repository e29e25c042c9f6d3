"""What a data element or the finder hides of a value: one definition for records and cases. 脱敏规则。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from yiwang.kernel.records.types import Value
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards import types as standards_types

from .values import to_plain

STARS = "****"


def is_masked(element: str, *, inside: bool = False) -> bool:
    """Whether what is bound to an element, or has personal data `inside`, is masked. 是否脱敏。"""
    if inside or not element:
        return inside
    found = standards.find_element(element)
    # An element that is not known may have been anything: nothing of it shows.
    return found is None or (found.personal and found.mask != "keep")


def masker(element: str, *, inside: bool = False) -> Callable[[Value], Value]:
    """What makes of a value, which is there, what those may see who may not see it whole. 脱敏器。"""
    if inside:
        return lambda value: standards.mask_spans(str(value))
    if not is_masked(element):
        return _keep
    found = standards.find_element(element)
    return _hide_all if found is None else lambda value: _mask(found, value)


def _mask(element: standards_types.Element, value: Value) -> Value:
    if isinstance(value, list):
        return [STARS for _ in value]
    text = value.isoformat() if isinstance(value, date) else str(to_plain(value))
    return standards.mask_value(element, text)


def _keep(value: Value) -> Value:
    return value


def _hide_all(value: Value) -> Value:  # noqa: ARG001 - a masker's shape
    return STARS
