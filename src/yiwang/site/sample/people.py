"""The people and enterprises of the sample city, drawn by seed. 示例人员与企业。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from yiwang.kernel.standards.services import (
    credit_check_digit,
    id_check_digit,
    luhn_check_digit,
    organization_check_digit,
)

from .city import CITY, DISTRICTS, Street, list_streets

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛"
GIVEN = "安柏辰德恩芳歌浩嘉锦凯岚梦宁鹏琪然素棠婉熙雅泽之舒言远昭若清川"
RARE = "䶮犇堃喆"
TRADES = ("商贸", "餐饮", "科技", "物流", "建筑", "家政", "文化传媒", "食品", "农业", "医药")
BRANDS = "云岭湖畔青禾晨星远帆北溪东源恒泰瑞丰嘉禾明德锦程宏图广益"
NATIONS = ("01",) * 18 + ("02", "03", "07", "08", "11")
INDUSTRIES = "ACEFGHILMOR"
FIRST_DAY, LAST_DAY = date(1935, 1, 1), date(2008, 12, 31)


@dataclass(frozen=True, slots=True)
class Person:
    """One resident. 居民。"""

    number: str
    name: str
    sex: str
    nation: str
    born: date
    street: Street
    address: str
    phone: str
    card: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One enterprise. 企业。"""

    code: str
    name: str
    legal: Person
    capital: str
    founded: date
    industry: str
    status: str
    address: str

    @property
    def old_tax_number(self) -> str:
        """The 15 digits of before: division and organization code. 旧税号。"""
        return self.code[2:8] + self.code[8:17]


def draw_people(random: Random, count: int) -> list[Person]:
    """People, no two with the same identity number. 生成人员。"""
    streets, taken = list_streets(), set[str]()
    people: list[Person] = []
    while len(people) < count:
        person = _draw_person(random, random.choice(streets), len(people))
        if person.number not in taken:
            taken.add(person.number)
            people.append(person)
    return people


def _draw_person(random: Random, street: Street, number: int) -> Person:
    born = FIRST_DAY + timedelta(days=random.randrange((LAST_DAY - FIRST_DAY).days))
    first = f"{random.choice(list(DISTRICTS))}{born:%Y%m%d}{random.randrange(1000):03d}"
    road = street.name.removesuffix("街道").removesuffix("镇")
    door = f"{road}路{random.randrange(1, 300)}号{random.randrange(1, 30)}栋"
    return Person(
        number=first + id_check_digit(first),
        name=_draw_name(random),
        sex="1" if int(first[-1]) % 2 else "2",
        nation=random.choice(NATIONS),
        born=born,
        street=street,
        address=f"{CITY}{street.county}{street.name}{door}{random.randrange(101, 1899)}室",
        phone=f"1990{number % 10_000_000:07d}",
        card=_draw_card(random),
    )


def _draw_name(random: Random) -> str:
    given = "".join(random.choice(GIVEN) for _ in range(random.choice((1, 2, 2))))
    if random.random() < 0.01:
        given = given[:-1] + random.choice(RARE)
    return random.choice(SURNAMES) + given


def _draw_card(random: Random) -> str:
    first = f"999999{random.randrange(10**12):012d}"
    return first + luhn_check_digit(first)


def draw_enterprises(random: Random, people: list[Person], count: int) -> list[Enterprise]:
    """Enterprises with different codes and different names. 生成企业。"""
    return [_draw_enterprise(random, people, number) for number in range(count)]


def _draw_enterprise(random: Random, people: list[Person], number: int) -> Enterprise:
    legal = random.choice(people)
    first = f"MA{number:06d}"
    body = f"91{legal.street.county_code}{first}{organization_check_digit(first)}"
    place = random.randrange(0, len(BRANDS), 2)
    trade = random.choice(TRADES)
    return Enterprise(
        code=body + credit_check_digit(body),
        name=f"云州（{_order(number)}）{BRANDS[place : place + 2]}{trade}有限公司",
        legal=legal,
        capital=f"{random.choice((10, 50, 100, 500, 1000, 2000)):,}",
        founded=date(2001, 1, 1) + timedelta(days=random.randrange(8700)),
        industry=random.choice(INDUSTRIES),
        status=random.choice("1111114"),
        address=legal.address,
    )


def _order(number: int) -> str:
    """A short text of Han characters, another for each number. 序号字。"""
    text = ""
    while number or not text:
        number, rest = divmod(number, len(GIVEN))
        text += GIVEN[rest]
    return text
