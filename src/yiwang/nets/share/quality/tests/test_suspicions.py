"""What is only suspected: which rules follow, and which do not."""

import pytest

from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog.types import ItemInfo
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.types import RuleKind, Severity

pytestmark = pytest.mark.django_db


def derive(heading, values, *, suggested="", element="", key=()):
    profile = pool.stage_rows([heading], [[[one] for one in values]]).profile
    item = ItemInfo(heading, 1, element=element, suggested=suggested)
    return services.derive_from([item], key, profile)


def kinds(rules):
    return {rule.kind for rule in rules}


def test_a_foreign_heading_whose_values_break_the_element_gives_no_rule_of_it():
    assert derive("sex", ["Male", "Female"] * 30, suggested="sex") == []


def test_a_foreign_heading_whose_values_mostly_fit_gives_a_warning():
    rules = derive("sex", ["1", "2"] * 30 + ["F"] * 3, suggested="sex")

    [code] = [rule for rule in rules if rule.kind == RuleKind.CODE]
    assert (code.element, code.severity) == ("sex", Severity.WARNING)


@pytest.mark.parametrize("heading", ["性别", "性别（必填）"])
def test_the_standards_own_name_is_believed_against_the_values(heading):
    assert RuleKind.CODE in kinds(derive(heading, ["Male", "Female"] * 30, suggested="sex"))


def test_a_confirmed_element_holds_whatever_the_values_say():
    [code] = derive("sex", ["Male", "Female"] * 30, element="sex")

    assert (code.kind, code.severity) == (RuleKind.CODE, Severity.ERROR)


def test_values_of_a_column_that_is_not_the_suspected_element_are_judged_by_themselves():
    values = [f"{n:05}" for n in range(99)] + ["3523x"]

    [rule] = derive("zip_code", values, suggested="postcode")

    assert (rule.kind, rule.params, rule.element) == (RuleKind.TYPED, {"type": "number"}, "")


@pytest.mark.parametrize("blank", ["", None, " ", "?", "无", "N/A"])
def test_where_nearly_all_is_filled_the_empty_cells_are_suspect(blank):
    [rule] = derive("街道", ["东街", "西长街"] * 48 + [blank] * 3)

    assert (rule.kind, rule.severity) == (RuleKind.REQUIRED, Severity.WARNING)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (["甲"] * 90 + [""] * 10, ()),  # more than a few are empty
        (["甲"] * 97 + ["0"] * 3, ()),  # 0 is a value
        (["甲"] * 20 + [""], ()),  # too few rows to say so
        (["甲"] * 97 + [""] * 3, ("街道",)),  # a key must be filled anyway
    ],
)
def test_no_suspicion_of_empty_cells(values, key):
    assert "derived.街道.usual_required" not in {
        rule.code for rule in derive("街道", values, key=key)
    }


def test_where_nearly_all_have_one_shape_its_lengths_may_vary():
    [rule] = derive("文号", [f"第{n}号" for n in range(98)] + ["待编", "未编号"])

    assert rule.kind == RuleKind.PATTERN
    assert rule.params["pattern"].endswith("[0-9]+[㐀-䶿一-鿿𠀀-𯨟]+")


def test_words_for_nothing_neither_make_nor_break_a_habit():
    rules = derive("面积", [f"{n}" for n in range(100, 160)] + ["无"] * 30 + ["大"])

    assert [(rule.kind, rule.params) for rule in rules] == [(RuleKind.TYPED, {"type": "number"})]


def test_percents_are_a_shape_and_no_numbers():
    [rule] = derive("合格率", [f"{n}%" for n in range(1, 99)] + ["未测", "x7%"])

    assert rule.params == {"pattern": "[0-9]+%"}


def test_a_measure_has_no_usual_length():
    assert derive("面积", [f"{1 + n % 9}.5" for n in range(97)] + ["10.5", "11.5", "120.5"]) == []


def test_a_code_has_one():
    [rule] = derive("网格", [f"{n}" for n in range(1000, 1097)] + ["12", "13", "14"])

    assert rule.params == {"pattern": "[0-9]{4}"}


def test_words_of_any_length_are_no_shape():
    assert derive("街道", ["东" * (1 + n % 9) for n in range(98)] + ["A1", "B2"]) == []
