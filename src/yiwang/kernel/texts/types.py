"""What others may hold of read texts in their hands. 文本类型。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SEPARATOR = "/"
"""Between the levels of a category: 城乡建设/城乡规划/违章建筑. 类别层级分隔符。"""


def level_of(category: str, level: int) -> str:
    """A category cut to its first levels. 截取层级。"""
    return SEPARATOR.join(category.split(SEPARATOR)[:level])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that a text may have. 建议类别。 `confidence` is its share of the votes, 0 to 1."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is said of one text: the likeliest first. 建议。

    `chosen` is empty where the likeliest stays below what the entity declares; `model` is the
    version that says so, 0 where none has been trained yet.
    """

    model: int
    likely: Sequence[Suggestion] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One version of a model. 模型版本。 `examples` are labelled texts, `categories` those they have."""

    entity: str
    version: int
    examples: int
    categories: int
    digest: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ClassResult:
    """How one category fared among texts held back. 单类结果。"""

    category: str
    count: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class LevelResult:
    """How well a level of categories was told, of texts held back. 层级结果。 Shares, 0 to 1."""

    level: int
    accuracy: float
    macro_f1: float
    top3: float
    classes: Sequence[ClassResult] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What would be chosen at a confidence: the share of texts, and how many of them rightly. 置信度结果。"""

    least: float
    share: float
    right: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What texts that were held back say of how well categories are told. 测评结果。"""

    examples: int
    levels: Sequence[LevelResult]
    chosen: Sequence[Chosen]
