"""Check functions: Python and SQL agree, every single wrong character is caught."""

from datetime import date

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.imei
import stdnum.luhn
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.standards.checks import (
    CHECKS,
    CREDIT_ALPHABET,
    credit_check_digit,
    is_card,
    is_credit_code,
    is_organization_code,
    is_vin,
    organization_check_digit,
)
from yiwang.kernel.standards.forms import FORMS
from yiwang.kernel.standards.identity import (
    REGION,
    id_check_digit,
    identity_digits_sql,
    identity_surely_sql,
    is_resident_id,
)

from .engine import ask

digits = lambda n: st.text("0123456789", min_size=n, max_size=n)


@st.composite
def resident_ids(draw):
    region = draw(st.from_regex(REGION, fullmatch=True).filter(str.isascii))
    day = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    first = region + day.strftime("%Y%m%d") + draw(digits(3))
    return first + id_check_digit(first)


@st.composite
def credit_codes(draw):
    text = lambda n: st.text(CREDIT_ALPHABET, min_size=n, max_size=n)
    first = draw(text(2)) + draw(digits(6)) + draw(text(9))
    return first + credit_check_digit(first)


@st.composite
def organization_codes(draw):
    first = draw(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
    return first + organization_check_digit(first)


@st.composite
def cards(draw):
    first = draw(st.text("0123456789", min_size=12, max_size=18))
    return first + stdnum.luhn.calc_check_digit(first)


anything = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.text("0123456789X", max_size=20),
    st.text(CREDIT_ALPHABET, min_size=17, max_size=18),
    st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=17, max_size=17),
    digits(15), digits(18), digits(19),
    resident_ids(), credit_codes(), organization_codes(), cards(),
    resident_ids().map(lambda text: text[:6] + text[8:17]),
    resident_ids().map(lambda text: text + "01"),
    organization_codes().map(lambda text: "110101" + text),
    resident_ids().map(lambda text: text + "42"), resident_ids().map(lambda text: text + "14B1"),
    *(st.from_regex(pattern, fullmatch=True) for pattern in FORMS.values()),
    st.text("京浙粤A0D5使领学警挂港澳WJ·", min_size=6, max_size=10),
    st.text("0123456789()+转,HMCWLTEG", min_size=5, max_size=14),
)  # fmt: skip


def mutants(text, alphabet):
    for place, right in enumerate(text):
        for wrong in alphabet:
            if wrong != right:
                yield text[:place] + wrong + text[place + 1 :]


@settings(max_examples=25, deadline=None)
@given(st.lists(anything, min_size=20, max_size=60))
def test_python_and_sql_answer_alike(texts):
    for check in CHECKS.values():
        expected = [None if text is None else check.holds(text) for text in texts]

        assert ask(check.sql("t"), texts) == expected, check.name


def test_sql_says_true_for_a_true_code_of_each_kind():
    good = {
        "resident_id": "11010519491231002X", "credit_code": "91110000600037341L",
        "organization_code": "D2143569X", "card": "6222021234567890128",
        "vin": "1HGCM82633A004352", "tax_number": "91110000600037341L",
    }  # fmt: skip
    good["card"] = "622202123456789012"
    good["card"] += stdnum.luhn.calc_check_digit(good["card"])

    for name, text in good.items():
        assert CHECKS[name].holds(text), name
        assert ask(CHECKS[name].sql("t"), [text]) == [True], name


@settings(max_examples=25, deadline=None)
@given(resident_ids())
def test_every_wrong_character_of_a_resident_id_is_caught(text):
    assert is_resident_id(text)
    assert not any(is_resident_id(wrong) for wrong in mutants(text, "0123456789X"))


@settings(max_examples=25, deadline=None)
@given(credit_codes())
def test_every_wrong_character_of_a_credit_code_is_caught(text):
    assert is_credit_code(text)
    assert not any(is_credit_code(wrong) for wrong in mutants(text, CREDIT_ALPHABET))


@settings(max_examples=25, deadline=None)
@given(cards())
def test_every_wrong_digit_of_a_card_is_caught(text):
    assert is_card(text)
    assert not any(is_card(wrong) for wrong in mutants(text, "0123456789"))


@settings(max_examples=25, deadline=None)
@given(organization_codes())
def test_every_wrong_digit_for_a_digit_of_an_organization_code_is_caught(text):
    """Letters are worth 10 to 35 modulo 11, so the standard itself misses some letters."""
    assert is_organization_code(text)
    swapped = [
        wrong
        for place in range(9)
        if text[place].isdigit()
        for wrong in mutants(text[place], "0123456789")
        if is_organization_code(text[:place] + wrong + text[place + 1 :])
    ]
    assert not swapped


@settings(max_examples=100, deadline=None)
@given(resident_ids(), credit_codes(), cards())
def test_check_digits_equal_python_stdnum(resident, credit, card):
    assert stdnum.cn.ric.calc_check_digit(resident) == resident[-1]
    assert stdnum.cn.uscc.calc_check_digit(credit) == credit[-1]
    assert stdnum.luhn.is_valid(card)


@settings(max_examples=25, deadline=None)
@given(digits(14))
def test_every_wrong_digit_of_an_imei_is_caught(first):
    text = first + stdnum.luhn.calc_check_digit(first)

    assert CHECKS["imei"].holds(text)
    assert stdnum.imei.is_valid(text)
    assert not any(CHECKS["imei"].holds(wrong) for wrong in mutants(text, "0123456789"))


@settings(max_examples=25, deadline=None)
@given(resident_ids())
def test_every_wrong_character_of_the_number_in_a_disability_certificate_is_caught(number):
    assert CHECKS["disability_certificate"].holds(number + "42")
    wrong = [one + "42" for one in mutants(number, "0123456789X")]
    assert not any(CHECKS["disability_certificate"].holds(one) for one in wrong)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2015, 12, 31)), digits(3), st.sampled_from("0123456789X"))
def test_identity_numbers_equal_python_stdnum(day, number, last):
    """Of a county that stood all the time: stdnum knows counties by their years."""
    text = f"110105{day:%Y%m%d}{number}{last}"

    assert is_resident_id(text) == stdnum.cn.ric.is_valid(text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(credit_codes(), credit_codes().map(lambda text: text[:-1] + "0")))
def test_credit_codes_equal_python_stdnum(text):
    if text[:2].isdigit():  # it knows no departments with letters (N, Y, A)
        assert is_credit_code(text) == stdnum.cn.uscc.is_valid(text)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("mobile", "13812341234 19912341234 +8613812341234", "12812341234 1381234123 138123412345"),
        ("landline", "057188888888 01062345678 (021)62345678 62345678 4008001234 12345 110 05718888888转802", "057012 0118888888 1"),
        ("plate", "京A12345 浙B1A234 沪AD12345 粤B12345D 京A1234学 京A1234警 浙C1234挂 粤ZA123港 粤ZF12B澳 使224578 224578使 沪A0023领 京A·12345", "京I1234 A12345 京A1234I 浙AL12345 京A123 粤B1234港 使22457"),
        ("postcode", "100000 650000 999077 010010", "00000 990000 123 1000000"),
        ("passport", "E12345678 EA1234567 G12345678 PE1234567 145678901 AB1234567", "12345 E1234 中1234567"),
        ("hk_macao_permit", "H12345678 M1234567801", "A12345678 H1234567"),
        ("taiwan_permit", "12345678 0123456789 0123456789A", "1234567 123456789"),
        ("exit_permit", "C12345678 CA1234567 W12345678 T12345678", "TA1234567 X12345678"),
        ("date", "20230305 2023-3-5 2023.3 2023年3月5日 2023", "2023-02-30 45000 昨天 20231301"),
    ],
)  # fmt: skip
def test_numbers_known_by_their_form(name, good, bad):
    check = CHECKS[name]

    assert [text for text in good.split() if not check.holds(text)] == []
    assert [text for text in bad.split() if check.holds(text)] == []


def test_an_identity_number_begins_with_a_province():
    for region, right in {"110105": True, "830000": True, "931156": True, "990102": True,
                          "100105": False, "470105": False, "920105": False, "010105": False}.items():  # fmt: skip
        first = f"{region}19491231002"

        assert is_resident_id(first + id_check_digit(first)) is right, region
        if region in ("110105", "470105"):
            assert is_resident_id(f"{region}491231002") is right, region


DAYS = [
    "00000000",
    "18991231",
    "19000229",
    "20000229",
    "20991231",
    "21000101",
    "19900431",
    "19901301",
]


@settings(max_examples=60, deadline=None)
@given(
    region=st.integers(0, 99).map("{:02}0105".format),
    day=st.dates(date(1899, 1, 1), date(2100, 12, 31)).map("{:%Y%m%d}".format)
    | st.sampled_from(DAYS),
    order=digits(3),
    last=st.sampled_from(["", "", "0", "X", ":", "x", "１"]),
)
def test_what_surely_is_an_identity_number_is_one(region, day, order, last):
    first = region + day + order
    text = first + (last or id_check_digit(first))

    number, last_digit = identity_digits_sql("t", "TRY_CAST(t AS BIGINT)")
    [surely] = ask(
        f"coalesce((SELECT {identity_surely_sql('m', 'l')} FROM (SELECT"
        f" {number} AS m, {last_digit} AS l)), false)",
        [text],
    )

    left_out = day.endswith("0229") or (region[0] == "9" and region[:2] != "99")
    assert surely == is_resident_id(text) or (left_out and not surely)


def test_an_id_with_an_impossible_birth_date_is_refused():
    first = "11010520230229123"

    assert not is_resident_id(first + id_check_digit(first))
    assert not is_resident_id("110105490231002")
    assert is_resident_id("110105491231002")


def test_vin_with_a_wrong_ninth_character_is_refused():
    assert is_vin("1HGCM82633A004352")
    assert not is_vin("1HGCM82643A004352")
