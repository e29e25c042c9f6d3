"""Values as people read them."""

from datetime import date

import pytest
from django.utils import translation

from yiwang.kernel.base.todo import Todo
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.ui.templatetags.ui import todo_light


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_digits_are_grouped_by_three_in_both_languages(language) -> None:
    with translation.override(language):
        assert (show(41352), show(-1234567), show(999)) == ("41,352", "-1,234,567", "999")


def test_a_todo_without_a_date_is_never_said_to_fall_due() -> None:
    with translation.override("en"):
        undated = todo_light(Todo("x", 1, "/", "yellow"))
        dated = todo_light(Todo("x", 1, "/", "yellow", date(2026, 1, 2)))

    assert "To do" in undated
    assert "Soon due" in dated
