"""Elements, and what each does to a text. 数据元与文本。"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.standards.checks import CHECKS
from yiwang.kernel.standards.disguises import disguise, disguise_sql
from yiwang.kernel.standards.forms import PLAIN
from yiwang.kernel.standards.overlay import Standards, current_standards
from yiwang.kernel.standards.readings import difference_sql as _difference_sql
from yiwang.kernel.standards.readings import read_text, read_text_sql
from yiwang.kernel.standards.suggest import Suggester, fold_name
from yiwang.kernel.standards.types import (
    ELEMENT_USAGES,
    CodeSetVersion,
    Element,
    Suggestion,
    TypedReading,
    Usage,
)

from .code_sets import find_code, find_code_set

AnyElement = str | Element
MOST = 0.6
"""Share of the commonest cells that must fit an element that is only suspected."""


def get_elements(*, on_date: date | None = None) -> dict[str, Element]:
    """All elements by code, or those valid on a day. 全部数据元。"""
    elements = current_standards().elements
    return {
        code: element
        for code, element in elements.items()
        if on_date is None or element.is_valid(on_date)
    }


def find_element(code: str) -> Element | None:
    """The element of that code, or None. 查找数据元。"""
    return current_standards().elements.get(code)


def get_element(code: str) -> Element:
    """The element of that code; NotFound `standards.element.unknown`. 取数据元。"""
    element = find_element(code)
    if element is None:
        raise NotFound(
            "standards.element.unknown", "There is no data element %(element)s", element=code
        )
    return element


def name_element(code: str, language: str = "zh") -> str:
    """How an element stands in a choice: its name, then its code; a strange code by itself. 数据元称呼。"""
    element = find_element(code)
    if element is None:
        return code
    return f"{element.en if language.startswith('en') else element.zh} {code}"


def read_element(text: str) -> str:
    """The code of the element that somebody named by code, name or both. 识别数据元。

    What names none, or more than one, comes back as it was given, for the caller to refuse.
    """
    said = " ".join(text.split())
    known = get_elements()
    for code in (said, said.rpartition(" ")[2]):
        if code in known:
            return code
    meant = [code for code, one in known.items() if said.casefold() in (one.zh, one.en.casefold())]
    return meant[0] if len(meant) == 1 else said


def list_usages(actor: Actor, code: str) -> list[Usage]:
    """What uses the element, as far as the actor may know of it. 数据元引用。"""
    return [usage for find in ELEMENT_USAGES.values() for usage in find(actor, code)]


def suggest_elements(
    column_name: str, samples: Sequence[str | None], limit: int = 3
) -> list[Suggestion]:
    """Elements that a column may hold, best first, with reasons. 推荐数据元。

    Judged from the heading and up to 500 sample values; never from values alone where the
    element is a short code or a plain text.
    """
    return _suggester(current_standards(), today()).suggest(column_name, samples, limit)


def share_that_fits(code: str, values: Mapping[str, int]) -> float | None:
    """What share of values, each with how often it stands, an element can hold. 取值符合率。

    None where there are no values, or nothing is known of the element to hold them against.
    """
    return _suggester(current_standards(), today()).share(code, values)


def is_named_by(code: str, column_name: str) -> bool:
    """Whether a heading is, as a whole, a Chinese name of the element. 列名即数据元名称。"""
    element = find_element(code)
    names = (element.zh, *element.aliases) if element else ()
    heading = fold_name(column_name)
    return any(heading == fold_name(one) for one in names if not one.isascii())


def is_likely(column_name: str, code: str, values: Mapping[str, int]) -> bool:
    """Whether a suspected element is likely enough to hold values against it. 推荐是否可信。

    A heading that is the standard's own Chinese name speaks for itself; under any other, `sex` or
    `zip_code`, a column whose values, each with how often it stands, mostly break the element
    holds something else.
    """
    if is_named_by(code, column_name):
        return True
    share = share_that_fits(code, values)
    return share is None or share >= MOST


def is_worth_proposing(column_name: str, code: str, values: Mapping[str, int]) -> bool:
    """Whether an element stands as chosen until somebody looks: one that masks always does. 是否预选。"""
    element = find_element(code)
    if element is None:
        return False
    masks = element.personal and element.mask != "keep"
    return masks or is_likely(column_name, code, values)


@lru_cache(maxsize=2)
def _suggester(standards: Standards, day: date) -> Suggester:
    """Made once for the elements of a day; the standards are told apart by identity. 推荐器。"""
    elements = [element for element in standards.elements.values() if element.is_valid(day)]
    newest: dict[str, CodeSetVersion] = {
        name: versions[0] for name, versions in standards.code_sets.items() if versions
    }
    return Suggester(elements, newest)


def mask_value(element: AnyElement, text: str | None) -> str | None:
    """A value as it may be shown to those who may not see it whole. 脱敏。"""
    return disguise(_element(element).mask, b"", text)


def mask_sql(element: AnyElement, column_sql: str) -> str:
    """`mask_value` as a DuckDB expression over a VARCHAR expression. 脱敏 SQL。"""
    return disguise_sql(_element(element).mask, b"", column_sql)


def check_value(element: AnyElement, text: str | None, *, on_date: date | None = None) -> str:
    """Why a canonical text breaks the element's rules, or an empty text where it does not. 校验取值。

    `format` (pattern), `check` (check function), `code` (not in the code set valid on that day),
    `type` (not readable as its type). Blank values break nothing: whether they may be is a rule
    of the resource, not of the element.
    """
    element = _element(element)
    if not text:
        return ""
    if read_text(element, text).text is None:
        return "type"
    if element.pattern and not re.fullmatch(element.pattern, text):
        return "format"
    if element.check and not CHECKS[element.check].holds(text):
        return "check"
    return "" if _has_code(element.code_set, text, on_date or today()) else "code"


def _has_code(code_set: str, text: str, day: date) -> bool:
    """In its set that day; yes too where no version of that day is known. 当日代码是否存在。"""
    unknown = not code_set or find_code_set(code_set, day) is None
    return unknown or find_code(code_set, text, day) is not None


def find_check(element: AnyElement) -> Callable[[str], bool] | None:
    """The check function of an element, for who asks many values whose pattern was asked. 校验函数。

    None where it has none, or where a match of its pattern is all that is asked.
    """
    element = _element(element)
    asked = element.check and not sole_pattern(element)
    return CHECKS[element.check].holds if asked else None


def standing_standards() -> object:
    """What is another thing once elements or code sets changed, for who keeps what follows. 标准状态。"""
    return current_standards()


def check_sql(element: AnyElement, column_sql: str) -> str:
    """Pattern and check function as a DuckDB expression: true, false, NULL for NULL. 校验 SQL。

    Blank text is true, as in `check_value`; code sets are joined by those who count them.
    """
    element = _element(element)
    conditions = []
    if element.pattern:
        conditions.append(f"regexp_full_match({column_sql},{_quoted(element.pattern)})")
    if element.check:
        conditions.append(f"({CHECKS[element.check].sql(column_sql)})")
    both = " AND ".join(conditions) or "true"
    return (
        f"CASE WHEN {column_sql} IS NULL THEN NULL WHEN {column_sql}='' THEN true ELSE {both} END"
    )


def passes_sql(element: AnyElement, column_sql: str) -> str:
    """Whether there is a text and it passes pattern and check, each asked once. 通过判定。

    Of a resident identity number the digits are asked by `identity_sql`, not here.
    """
    element = _element(element)
    if element.check and sole_pattern(element):
        return f"regexp_full_match({column_sql},{_quoted(element.pattern)})"
    return f"coalesce({column_sql}<>'' AND {check_sql(element, column_sql)}, false)"


def sole_pattern(element: AnyElement) -> str:
    """The pattern where a match of it is all that is asked of a text, else ''. 唯一模式。"""
    element = _element(element)
    plain = not element.check or element.pattern == PLAIN.get(element.check)
    return element.pattern if plain else ""


def read_typed(element: AnyElement, text: str | None) -> TypedReading:
    """Read a text as the element's type, saying how it was spelled otherwise. 按类型读取。"""
    return read_text(_element(element), text)


def read_typed_sql(element: AnyElement, column_sql: str) -> str:
    """The canonical text as a DuckDB expression, NULL where it cannot be read. 读取 SQL。"""
    return read_text_sql(_element(element), column_sql)


def difference_sql(element: AnyElement, column_sql: str, read_sql: str = "") -> str:
    """The kind of difference or problem as a DuckDB expression, '' for none. 差异 SQL。

    `read_sql` is the column of the canonical text, where it has been worked out.
    """
    return _difference_sql(_element(element), column_sql, read_sql)


def _element(element: AnyElement) -> Element:
    return get_element(element) if isinstance(element, str) else element


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
