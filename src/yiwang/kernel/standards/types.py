"""What the standards answer with. 数据元标准类型。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.registry import Registry
from yiwang.kernel.base.text import msg

from .finder.types import KINDS, ColumnFinding, KindCount, PersonalKind, Span

__all__ = ["KINDS", "ColumnFinding", "KindCount", "PersonalKind", "Span"]

Kind = Literal["text", "code", "integer", "number", "date", "datetime"]
DEFAULT_FROM = date(1949, 10, 1)
SUBJECTS = {
    "person": msg("People"),
    "organization": msg("Organizations and enterprises"),
    "place": msg("Places and addresses"),
    "time": msg("Times and periods"),
    "money": msg("Money and accounts"),
    "licence": msg("Licences and services"),
    "event": msg("Events and requests"),
    "vehicle": msg("Vehicles"),
    "property": msg("Houses and land"),
    "insurance": msg("Social insurance and assistance"),
    "education": msg("Education"),
    "health": msg("Health"),
    "project": msg("Projects and contracts"),
    "environment": msg("Environment"),
    "device": msg("Devices and facilities"),
    "general": msg("General"),
}


@dataclass(frozen=True, slots=True)
class Element:
    """One datum, defined once. 数据元。

    `format` is the notation of GB/T 19488 (`an18`, `n..12,2`), `pattern` a regular expression the
    canonical text matches in full, `check` the name of a check function, `grade` the protection
    grade 1 (public) to 4 (most sensitive), `match_key` the steps (function names of
    `kernel.query`) that turn the text into what comparisons join on. `aliases` are headings that
    name it, `weak_aliases` headings that may name many things and count only where the values
    agree; `shape` is what its values look like (no rule, only a hint). `subject` is the
    field it belongs to (a key of `SUBJECTS`). `city` says that the city edited it. Half-open
    validity: `valid_until` is the first day it no longer holds.
    """

    code: str
    zh: str
    en: str
    definition: str
    definition_en: str = ""
    type: Kind = "text"
    format: str = ""
    pattern: str = ""
    code_set: str = ""
    check: str = ""
    grade: int = 1
    personal: bool = False
    mask: str = "keep"
    match_key: tuple[str, ...] = ("nfkc", "trim")
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    shape: str = ""
    unit: str = ""
    known_by_values: bool = False
    source_standard: str = ""
    subject: str = ""
    valid_from: date = DEFAULT_FROM
    valid_until: date | None = None
    city: bool = False

    def is_valid(self, on_date: date) -> bool:
        """Whether the element holds on that day. 当日是否有效。"""
        return self.valid_from <= on_date and (
            self.valid_until is None or on_date < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Code:
    """One code and its name. 代码。 Half-open validity inside its version's."""

    code: str
    name: str
    parent: str = ""
    name_en: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid(self, on_date: date) -> bool:
        """Whether the code may be used on that day. 当日是否可用。"""
        after = self.valid_from is None or self.valid_from <= on_date
        return after and (self.valid_until is None or on_date < self.valid_until)


@dataclass(frozen=True, slots=True)
class CodeSetVersion:
    """One version of a code set, valid for a time. 代码集版本。"""

    code_set: str
    version: str
    zh: str
    en: str
    source_standard: str
    valid_from: date
    valid_until: date | None
    codes: Mapping[str, Code] = field(default_factory=dict)
    city: bool = False

    def is_valid(self, on_date: date) -> bool:
        """Whether this version holds on that day. 当日是否有效。"""
        return self.valid_from <= on_date and (
            self.valid_until is None or on_date < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an element is suggested, in both languages. 推荐理由。"""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An element that a column may hold, how sure (0 to 1) and why. 数据元推荐。"""

    code: str
    score: float
    reasons: tuple[Reason, ...]
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class TypedReading:
    """A text read as its element's type. 按类型读取。

    `text` is the canonical text, None where it cannot be read; `difference` says how the raw text
    was spelled otherwise (`spaces`, `width`, `style`, empty for the same); `problem` says why
    nothing could be read (`not_a_number`, `not_a_date`, `not_a_datetime`).
    """

    text: str | None
    difference: str = ""
    problem: str = ""


EDIT_ELEMENTS = "standards.element.edit"


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit of an element by the city. 数据元修订。 `withdrawn` went back to the vendor's."""

    code: str
    number: int
    reason: str
    changed_by: str
    changed_at: datetime
    withdrawn: bool
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """A value that its code set does not have on the day it bears. 代码问题。"""

    value: str
    on_date: date
    count: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Something that uses an element: where it stands, what it is called there. 数据元引用。"""

    title: str
    url: str
    name: str
    confirmed: bool = True


FindUsages = Callable[[Actor, str], Sequence[Usage]]
"""What the actor may know of that uses an element, up to a limit of its own. 查找引用。"""
ELEMENT_USAGES: Registry[FindUsages] = Registry("usages of elements")
