"""Who may look at the cases of all organizations: what a type says, capped by the role's permission."""

from __future__ import annotations

import pytest

from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import sight
from yiwang.kernel.workflow.services.declaring import find_problems

from .conftest import Town
from .files import LEAVE
from .test_tallies import count

OPEN = LEAVE.replace("oversees: [director]\n", "oversees: [engineer]\nLINE\n", 1)


def seen(town: Town, line: str, name: str) -> list[int]:
    """How many of two cases of two departments somebody sees, case by case, and counted."""
    services.publish_case_type(town["eng"], OPEN.replace("LINE", line))
    ids = [town.start(who, days=1).pk for who in ("wang", "qian")]
    counted = sum(row[-1] for row in count(town, name))
    return [len(sight.find_visible(town[name], ids)), counted]


@pytest.mark.parametrize(("line", "many"), [
    ("", 0), ("reads: [director]", 0), ("reads_all: [director]", 2), ("reads_all: [viewer]", 0),
])  # fmt: skip
def test_a_director_sees_all_cases_only_where_the_type_says_so(town: Town, line: str, many: int):
    assert seen(town, line, "mayor") == [many, many]


def test_a_type_gives_no_more_than_the_role_may(town: Town):
    """A steward works on what is their own: one that asks them, not the one of another office."""
    assert seen(town, "reads_all: [steward, viewer]", "sun") == [1, 1]


def test_a_role_that_nobody_holds_is_refused():
    told = find_problems(OPEN.replace("LINE", "reads_all: [wizard]"))
    assert [one.code for one in told] == ["workflow.type.role"]
