"""Values are read as they were meant, or refused with all that is wrong with them. 填报校验。"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.clock import use_time
from yiwang.kernel.records.services.declaring import (
    asked_of,
    build_bundle,
    check_values,
    compute,
    schema_of,
)
from yiwang.kernel.records.services.values import to_json
from yiwang.kernel.records.types import Entity, Field, InvalidValues
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.shipped import vendor_elements

from .files import FILES

pytestmark = pytest.mark.django_db
BUNDLE = build_bundle(FILES)
SHOP = BUNDLE.entities["demo.shop"]
FORM = BUNDLE.forms["demo.shop"]
LEAST = {"name": "老友粉店", "kind": "food"}
CREDIT = "91450100MA5KXXXX0" + standards.credit_check_digit("91450100MA5KXXXX0")


def wide(text: str) -> str:
    """The text as a Chinese keyboard writes it in full width."""
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def problems_of(given, **options) -> dict[str, str]:
    with pytest.raises(InvalidValues) as told:
        check_values(SHOP, given, **options)
    return {one.path: one.code.removeprefix("records.value.") for one in told.value.problems}


def test_json_becomes_what_programs_hold():
    found = check_values(
        SHOP,
        LEAST | {
            "area": 30.25, "rent": "80", "opened": "2020-05-01", "seen": "2026-01-31T08:30:00+08:00",
            "staff": 3, "licensed": True, "tags": ["new"], "place": "108.366543,22.817002",
            "members": [{"name": "李四", "pay": "3000.50"}], "photos": [{"id": "x:1", "type": "image/png"}],
            "note": None,
        },
    )  # fmt: skip

    assert found == LEAST | {
        "area": Decimal("30.25"), "rent": Decimal("80.00"), "opened": date(2020, 5, 1),
        "seen": datetime(2026, 1, 31, 0, 30, tzinfo=UTC), "staff": 3, "licensed": True, "tags": ["new"],
        "place": "108.366543,22.817002", "members": [{"name": "李四", "pay": Decimal("3000.50")}],
        "photos": [{"id": "x:1", "type": "image/png"}], "note": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [
        ("name", " 老友粉店　", "老友粉店"),
        ("credit_code", " " + CREDIT.lower() + " ", CREDIT),
        ("phone", wide("13800138000"), "13800138000"),
        ("phone", "138-0013-8000", "13800138000"),
        ("area", wide("1,234.5"), Decimal("1234.50")),
        ("area", "12.5000", Decimal("12.50")),
        ("area", Decimal("12.5"), Decimal("12.50")),
        ("rent", "¥80", Decimal("80.00")),
        ("staff", "1,000", 1000),
        ("staff", wide("3"), 3),
        ("opened", "2020年5月1日", date(2020, 5, 1)),
        ("opened", "2020/5/1", date(2020, 5, 1)),
        ("opened", date(2020, 5, 1), date(2020, 5, 1)),
        ("seen", "2026-01-31 08:30", datetime(2026, 1, 31, 0, 30, tzinfo=UTC)),
        ("seen", "2026-01-31T08:30", datetime(2026, 1, 31, 0, 30, tzinfo=UTC)),
        ("seen", datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)),
        ("kind", "餐饮", "food"),
        ("kind", "Shop", "shop"),
        ("tags", "新开、示范", ["new", "star"]),
        ("licensed", "是", True),
        ("licensed", "no", False),
        ("place", "108.3，22.8", "108.3,22.8"),
        ("note", "一\r\n二\n", "一\n二"),
        ("staff", "", None),
        ("members", [], None),
        ("members", [{"name": " "}, {"name": "李四"}], [{"name": "李四"}]),
    ],
)  # fmt: skip
def test_what_people_type_is_read_as_it_was_meant(key, typed, meant):
    assert check_values(SHOP, {key: typed}, partial=True)[key] == meant


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("name", 5, "text"),
        ("name", "字" * 61, "long"),
        ("name", "a\0b", "character"),
        ("name", "a\ud800", "text"),
        ("name", "a\nb", "character"),
        ("name", "\u202eabc", "character"),
        ("credit_code", CREDIT[:-1] + ("0" if CREDIT[-1] != "0" else "1"), "check"),
        ("phone", "12345", "format"),
        ("kind", "foot", "choice"),
        ("tags", ["new", "new"], "twice"),
        ("tags", ["old"], "choice"),
        ("tags", 3, "choice"),
        ("status", "99", "choice"),
        ("area", 1.005, "places"),
        ("area", "1.005", "places"),
        ("area", "many", "number"),
        ("area", True, "number"),
        ("area", 10**17, "range"),
        ("area", 10**400, "range"),
        ("area", float("nan"), "number"),
        ("staff", 1.5, "integer"),
        ("staff", 2**63, "range"),
        ("opened", "2023-02-29", "date"),
        ("opened", "0020-05-01", "date"),
        ("opened", "2023", "date"),
        ("seen", "2023-01-01", "datetime"),
        ("seen", "9999-12-31T23:59:59-12:00", "datetime"),
        ("licensed", 1, "boolean"),
        ("place", "208.3,22.8", "point"),
        ("place", "22.8", "point"),
        ("community", "a b", "id"),
        ("members", {"name": "李四"}, "list"),
        ("members", [{"name": "李四"}] * 4, "many"),
        ("photos", [{"id": "a"}, {"id": "a"}], "twice"),
        ("photos", [{"id": "a", "type": "text/html"}], "file_type"),
        ("photos", [{"id": "a", "size": 6 << 20}], "file_size"),
        ("photos", [{"name": "a"}], "list"),
        ("total", 5, "computed"),
        ("nmae", "x", "unknown"),
        ("name", {1}, "text"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_our_own_words(key, value, code):
    assert problems_of({key: value}, partial=True) == {key: code}


def test_everything_wrong_is_said_at_once_with_its_path():
    found = problems_of(
        {
            "name": " ", "area": "x", "staf": 1,
            "members": [{"name": "李四", "phone": "1"}, {"phone": "13800138000"}, {"name": "王五", "age": 3}, 7],
        }
    )  # fmt: skip

    assert set(found) == {"area", "staf", "members", "name", "kind"}


def test_paths_name_the_row_of_a_group():
    found = problems_of(
        {
            "members": [
                {"name": "李四", "phone": "1"},
                {"phone": "13800138000"},
                {"name": "王五", "age": 3},
            ]
        },
        partial=True,
    )

    assert found == {
        "members.0.phone": "format",
        "members.1.name": "missing",
        "members.2.age": "unknown",
    }


def test_what_is_required_must_be_there():
    assert problems_of({"name": "甲"}) == {"kind": "missing"}
    assert problems_of({"name": None}, standing={"name": "甲"}) == {"name": "missing"}


def test_a_change_asks_only_for_what_it_touches():
    assert check_values(SHOP, {"staff": 2}, standing={"name": "甲"}) == {"staff": 2}


def test_defaults_fill_what_is_missing_and_nothing_that_was_emptied():
    assert check_values(SHOP, LEAST)["staff"] == 1
    assert check_values(SHOP, LEAST | {"staff": ""})["staff"] is None
    assert "staff" not in check_values(SHOP, {"name": "乙"}, standing=LEAST)


@pytest.mark.parametrize("answers", [LEAST, {"kind": "food"}])
def test_a_form_asks_for_what_its_conditions_ask(answers):
    assert asked_of(FORM, answers) == {
        "name", "credit_code", "kind", "area", "rent", "keeper", "members",
    }  # fmt: skip
    assert asked_of(FORM, {"kind": "shop"}) == {"name", "credit_code", "kind", "rent"}
    assert asked_of(FORM, {}) == {"name", "credit_code", "kind", "rent"}


def test_what_a_condition_asks_for_is_required_only_then():
    assert problems_of(LEAST, form=FORM) == {"area": "missing", "members": "missing"}
    assert check_values(SHOP, LEAST | {"kind": "shop"}, form=FORM)["kind"] == "shop"


def test_what_a_form_does_not_ask_for_is_refused():
    hidden = LEAST | {"kind": "shop", "area": 5, "phone": "13800138000"}
    assert problems_of(hidden, form=FORM) == {"phone": "not_asked"}
    del hidden["phone"]
    assert problems_of(hidden, form=FORM) == {"area": "not_asked"}
    assert "area" not in check_values(SHOP, hidden | {"area": "", "phone": ""}, form=FORM)


def test_what_is_no_longer_asked_for_is_emptied():
    standing = LEAST | {"area": Decimal(5), "members": [{"name": "李四"}], "staff": 4}

    found = check_values(SHOP, {"kind": "shop"}, form=FORM, standing=standing)

    assert found == {"kind": "shop", "area": None, "members": None}


def test_a_default_of_today_is_the_day_it_is_filled_in():
    text = FILES["entities/shop.yaml"].replace(
        "kind: date}\n  seen", "kind: date, default: $today}\n  seen"
    )
    shop = build_bundle(FILES | {"entities/shop.yaml": text}).entities["demo.shop"]

    with use_time(datetime(2026, 3, 1, 17, tzinfo=UTC)):
        assert check_values(shop, LEAST)["opened"] == date(2026, 3, 2)


def test_computed_fields_are_exact_and_rounded_half_up():
    assert compute(SHOP, {"area": Decimal("0.05"), "rent": Decimal("0.10")})["total"] == Decimal(
        "0.01"
    )
    assert compute(SHOP, {"area": Decimal("30.25"), "rent": None})["total"] is None
    huge = Decimal("9999999999999999.99")
    assert compute(SHOP, {"area": huge, "rent": huge})["total"] is None


def test_the_schema_of_a_form_says_what_is_asked_in_every_case():
    whole, asked = schema_of(SHOP), schema_of(SHOP, FORM)

    assert whole["required"] == ["name", "kind"]
    assert whole["properties"]["total"]["readOnly"] is True
    assert whole["properties"]["kind"]["enum"] == ["food", "shop"]
    assert whole["properties"]["members"]["items"]["required"] == ["name"]
    assert asked["required"] == ["name", "kind"]
    assert list(asked["properties"]) == [
        "name",
        "credit_code",
        "kind",
        "area",
        "rent",
        "keeper",
        "members",
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["food", "2020-01-01", "2026-01-31T08:30:00Z", CREDIT, "13800138000", "1.5", "108.3,22.8"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "phone", "pay", "id", "x"]) | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*SHOP.fields, "x"]), anything, max_size=8) | anything,
    st.booleans(),
    st.booleans(),
)
def test_whatever_comes_in_is_read_or_refused(given, with_form, partial):
    found, problems = looked_at(given, with_form, partial)

    if problems:
        assert all(one.code.startswith("records.value.") for one in problems)
        return
    again, problems = looked_at(to_json(SHOP, found), with_form, partial)
    assert (again, problems) == (found, ())


def looked_at(given, with_form: bool, partial: bool):
    try:
        form = FORM if with_form else None
        return check_values(SHOP, given, form=form, partial=partial), ()
    except InvalidValues as told:
        return {}, told.problems


ELEMENTS = [one for one in vendor_elements().values() if one.type in ("text", "code")]


@st.composite
def element_and_text(draw):
    element = draw(st.sampled_from(ELEMENTS))
    written = st.text("0123456789XABCxyz- 甲·", max_size=20)
    like = st.from_regex(element.pattern, fullmatch=True) if element.pattern else written
    codes = (
        standards.find_code_set(element.code_set, date(2026, 1, 31)) if element.code_set else None
    )
    known = st.sampled_from(sorted(codes.codes)) if codes else written
    return element, draw(written | like | known | known.map(str.lower))


@settings(max_examples=600, deadline=None)
@given(element_and_text())
def test_what_is_taken_is_what_the_element_takes(drawn):
    element, text = drawn
    shop = Entity(
        "demo.a", {"zh": "甲"}, {"a": Field("a", {"zh": "乙"}, element=element.code)}, "a"
    )
    meant = standards.read_typed(element, text.replace("\r\n", "\n")).text
    fits = bool(meant) and len(meant) <= 200 and not standards.check_value(element, meant)

    try:
        found = check_values(shop, {"a": text}, partial=True)["a"]
    except InvalidValues as told:
        codes = {one.code for one in told.problems}
        fits = fits and "records.value.character" not in codes
        found = None

    assert found == (meant if fits else None)
