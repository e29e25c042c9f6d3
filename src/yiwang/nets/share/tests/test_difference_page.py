"""The reference page knows every kind of difference."""

from pathlib import Path

from yiwang.kernel.tabular.kinds import DIFFERENCE_KINDS
from yiwang.nets.share.connect.services.typing_differences import TYPED_KINDS

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "differences.md"


def test_every_kind_of_difference_is_documented():
    text = PAGE.read_text("utf-8")

    kinds = {**DIFFERENCE_KINDS, **TYPED_KINDS}
    assert [k for k, meaning in kinds.items() if f"| `{k}` | {meaning} |" not in text] == []
