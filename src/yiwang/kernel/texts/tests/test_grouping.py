"""Texts that say the same find each other, whatever comes between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.texts.services.grams import count_grams, likeness, normalize, rarity, weigh
from yiwang.kernel.texts.services.grouping import Groups

LETTERS = [
    ("东湖路路灯不亮", "东湖路从邮局到学校的路灯坏了一周，晚上行人看不清路。"),
    ("小区物业乱收费", "锦绣小区物业公司擅自提高停车费，业主多次反映没有结果。"),
    ("咨询落户需要哪些材料", "本人本科毕业，在本市工作两年，想咨询落户需要准备什么材料。"),
    ("工地夜间施工噪音扰民", "文昌路工地每天施工到凌晨，居民无法休息，请求查处。"),
    ("请求增加公交班次", "12路公交车早高峰等半小时，学生上学迟到，希望加密班次。"),
    ("幼儿园收费标准咨询", "想了解公办幼儿园保教费的收费标准和退费办法。"),
]
text = st.text(alphabet="东湖路灯不亮小区物业收费咨询落户材料公交噪音，。 a1", max_size=60)


def rare_of(letters):
    return rarity([count_grams(one) for one in letters] * 2)


@given(text, text)
def test_likeness_is_the_same_both_ways_and_within_its_bounds(one, other):
    rare = rare_of([(one,), (other,), *LETTERS])
    left, right = weigh(count_grams([one]), rare), weigh(count_grams([other]), rare)

    assert likeness(left, right) == likeness(right, left)
    assert -1e-9 <= likeness(left, right) <= 1 + 1e-9


@given(
    st.sampled_from(LETTERS), st.integers(0, 5), st.sampled_from([" ", "\n\t", "　", "。", "！"])
)
def test_a_letter_sent_again_with_other_spaces_is_a_repeat(letter, at, mark):
    groups = Groups(rare_of(LETTERS))
    for number, one in enumerate(LETTERS):
        groups.add(f"n{number}", one)

    match = groups.add("again", (letter[0][:at] + mark + letter[0][at:], letter[1] + mark))

    assert match is not None
    assert match.repeats
    assert LETTERS[int(match.ref[1:])] == letter
    assert groups.group["again"] == groups.group[match.ref]


@given(st.permutations(LETTERS))
def test_letters_about_other_things_stay_apart_in_any_order(letters):
    groups = Groups(rare_of(LETTERS))
    for number, one in enumerate(letters):
        groups.add(f"n{number}", one)

    assert len(set(groups.group.values())) == len(letters)


@given(st.text(max_size=80))
def test_normalizing_twice_changes_nothing(told):
    assert normalize(normalize(told)) == normalize(told)


def test_what_nobody_wrote_before_is_found_by_its_new_words():
    groups = Groups(rare_of(LETTERS))
    fire = "油烟机爆燃窗玻璃震碎殃及楼下晾晒衣物"
    groups.add("first", ("厨房爆燃", fire))

    match = groups.add("again", ("厨房发生爆燃", fire))

    assert match is not None
    assert match.repeats
