"""A model is data, says how sure it is, and is measured on what it has not seen."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.texts.services.measuring import measure, merge_levels, part_of
from yiwang.kernel.texts.services.nearest import (
    Example,
    digest_of,
    learn,
    read_model,
    write_model,
)
from yiwang.kernel.texts.types import Suggestion

LAMPS = [Example((f"{place}路灯不亮", "晚上看不清路"), "城建/照明") for place in "东西南北中前后"]
BUSES = [Example((f"{place}站公交太少", "等车半小时"), "交通/公交") for place in "东西南北中前后"]
EXAMPLES = [*LAMPS, *BUSES]


def test_a_text_gets_the_category_of_those_it_resembles_and_shares_sum_to_one():
    found = learn(EXAMPLES).suggest(["学校门口路灯不亮了"])

    assert found[0].category == "城建/照明"
    assert sum(one.confidence for one in found) == pytest.approx(1)
    assert learn(EXAMPLES).suggest(["#!"]) == []


def test_a_category_without_a_letter_is_found_by_its_name():
    found = learn(EXAMPLES, ["民政/殡葬管理"]).suggest(["咨询殡葬管理的规定"])

    assert found[0].category == "民政/殡葬管理"


def test_a_model_is_read_as_it_was_written_and_not_when_changed():
    model = learn(EXAMPLES, ["民政/殡葬管理"])
    text = write_model(model)

    read = read_model(text, digest_of(text))

    assert [one.category for one in read.suggest(["公交太少"])] == [
        one.category for one in model.suggest(["公交太少"])
    ]
    with pytest.raises(InvalidInput, match="not what was trained"):
        read_model(text.replace("城建", "环保"), digest_of(text))


def test_what_stands_in_one_text_alone_is_not_in_the_model():
    secret = Example(("张晓璇的电话13800138000", "请回电"), "城建/照明")

    text = write_model(learn([*EXAMPLES, secret]))

    assert "璇" not in text
    assert "80" not in text


def test_copies_of_a_text_are_held_back_together_and_nothing_is_told_from_nothing():
    assert part_of(["路灯 不亮"]) == part_of(["路灯不亮"])
    # Two categories of which each text is a copy: who sees no copy can tell nothing.
    twice = [Example(("甲乙丙",), "a/b")] * 3 + [Example(("丁戊己",), "c/d")] * 3

    assert measure(twice).levels[0].accuracy == 0


def test_levels_add_up():
    told = [Suggestion("a/x", 0.4), Suggestion("b/y", 0.35), Suggestion("b/z", 0.25)]

    assert [one.category for one in merge_levels(told, 1)] == ["b", "a"]
