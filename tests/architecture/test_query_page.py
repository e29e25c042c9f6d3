"""The page about filters names every function and every placeholder."""

from pathlib import Path

from yiwang.kernel.query.functions import FUNCTIONS
from yiwang.kernel.query.tables import PLACEHOLDERS
from yiwang.kernel.query.tokens import KEYWORDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "query.md"
# Said in one sentence: full-width forms, and strokes written several times.
TOGETHER = {"－", "－－", "／", "？", "０", "0", "（空）", "（无）", "**", "***"}


def test_every_function_and_keyword_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")

    assert [name for name in FUNCTIONS if f"`{name}(" not in page] == []
    assert [word for word in KEYWORDS if f'"{word}"' not in page] == []


def test_every_placeholder_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")

    assert [word for word in PLACEHOLDERS if word not in TOGETHER and f"`{word}`" not in page] == []
