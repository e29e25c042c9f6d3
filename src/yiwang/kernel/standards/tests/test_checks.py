"""Check functions: Python and SQL agree, every single wrong character is caught."""

from datetime import date

import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.luhn
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.standards.checks import (
    CHECKS,
    CREDIT_ALPHABET,
    credit_check_digit,
    id_check_digit,
    is_card,
    is_credit_code,
    is_organization_code,
    is_resident_id,
    is_vin,
    organization_check_digit,
)

from .engine import ask

digits = lambda n: st.text("0123456789", min_size=n, max_size=n)


@st.composite
def resident_ids(draw):
    region = str(draw(st.integers(110000, 990000)))
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


def test_an_id_with_an_impossible_birth_date_is_refused():
    first = "11010520230229123"

    assert not is_resident_id(first + id_check_digit(first))
    assert not is_resident_id("110105490231002")
    assert is_resident_id("110105491231002")


def test_vin_with_a_wrong_ninth_character_is_refused():
    assert is_vin("1HGCM82633A004352")
    assert not is_vin("1HGCM82643A004352")
