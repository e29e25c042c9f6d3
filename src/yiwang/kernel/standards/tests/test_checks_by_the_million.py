"""Every check answers alike in Python and in SQL, on a million texts of all kinds."""

import random
import string

import pytest

from yiwang.kernel.standards.checks import (
    CHECKS,
    CREDIT_ALPHABET,
    credit_check_digit,
    luhn_check_digit,
    organization_check_digit,
)
from yiwang.kernel.standards.identity import id_check_digit

from .engine import ask

REGIONS = ["110105", "330106", "650102", "710000", "830000", "931156", "990102", "470101", "001122"]
CHUNK = 50_000


def draw_texts(count, seed):
    """Right ones, right ones with a character changed, and texts that are nothing."""
    random.seed(seed)
    makers = [draw_id, draw_old_id, draw_credit, draw_organization, draw_card, draw_phone,
              draw_plate, draw_permit, draw_date, draw_noise]  # fmt: skip
    texts = [random.choice(makers)() for _ in range(count)]
    return [spoil(text) if random.random() < 0.4 else text for text in texts]


def spoil(text):
    place = random.randrange(len(text) + 1)
    other = random.choice("0123456789XABDFHIKMOWZ 京学港使领·()+-年月")
    return text[:place] + other + text[place + random.randrange(2) :]


def digits(count):
    return f"{random.randrange(10**count):0{count}d}"


def draw_id():
    year, month, day = random.randrange(1890, 2110), random.randrange(14), random.randrange(33)
    first = f"{random.choice(REGIONS)}{year}{month:02d}{day:02d}{digits(3)}"
    return first + id_check_digit(first) + random.choice(["", "", "", "42", "11B1", "01"])


def draw_old_id():
    day = f"{random.randrange(100):02d}{random.randrange(14):02d}{random.randrange(33):02d}"
    return f"{random.choice(REGIONS)}{day}{digits(3)}"


def draw_credit():
    first = "".join(random.choices(CREDIT_ALPHABET, k=2)) + digits(6)
    first += "".join(random.choices(CREDIT_ALPHABET, k=9))
    return first + credit_check_digit(first)


def draw_organization():
    first = "".join(random.choices(string.digits + string.ascii_uppercase, k=8))
    return random.choice(["", "110105"]) + first + organization_check_digit(first)


def draw_card():
    first = digits(random.randrange(12, 19))
    return first + luhn_check_digit(first)


def draw_phone():
    head = random.choice(["1", "13", "+8613", "0571", "010", "(021)", "400", "9", "", "0086"])
    return head + digits(random.randrange(4, 12)) + random.choice(["", "", "转8", "#12"])


def draw_plate():
    serial = "".join(random.choices("ADFKLMX0123456789", k=random.randrange(3, 7)))
    head, tail = (
        random.choice(["京A", "粤Z", "浙B·", "WJ", "使", ""]),
        random.choice("学警港澳领使D"),
    )
    return head + serial + random.choice(["", tail])


def draw_permit():
    head = random.choice(["H", "M", "C", "CA", "L", "E", "EA", "G", ""])
    return head + digits(random.randrange(6, 12)) + random.choice(["", "", "A", "(B)"])


def draw_date():
    form = random.choice(["{}-{}-{}", "{}年{}月{}日", "{}{:02d}{:02d}", "{}/{}/{}", "{}.{}"])
    return form.format(random.randrange(900, 3100), random.randrange(15), random.randrange(34))


def draw_noise():
    return "".join(random.choices(string.printable + "京１２身份　", k=random.randrange(22)))


def held_equal(texts):
    """All checks in one question, so that a million texts are sent once."""
    in_sql = ask(f"[{','.join(check.sql('t') for check in CHECKS.values())}]", texts)
    in_python = [[check.holds(text) for check in CHECKS.values()] for text in texts]
    unlike = [
        text for text, one, other in zip(texts, in_python, in_sql, strict=True) if one != other
    ]
    assert unlike[:5] == []
    return sum(map(sum, in_python))


def test_four_thousand_texts():
    assert held_equal(draw_texts(4000, 1)) > 1000


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_a_million_texts():
    assert sum(held_equal(draw_texts(CHUNK, seed)) for seed in range(2, 22)) > 250_000
