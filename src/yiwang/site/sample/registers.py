"""The registers of the sample city, as ugly as real ones, each wrong thing counted. 示例登记册。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from .city import DISTRICTS, Street, list_streets
from .people import Enterprise, Person

PLACEHOLDERS = ("无", "/", "0", "空", "不详", "11111111", "未知", "——")
DATE_STYLES: tuple[Callable[[date], str], ...] = (
    lambda day: day.isoformat(),
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
)
WIDE = {ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789X"}


@dataclass
class Register:
    """Rows of one file with its heading, and what was planted in it. 登记册。"""

    header: tuple[str, ...]
    rows: list[list[str]] = field(default_factory=list)
    planted: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        """Note that something was planted. 计入。"""
        self.planted[what] = self.planted.get(what, 0) + number

    def shuffle(self, random: Random) -> None:
        """Put the rows in an order that tells nothing. 打乱。"""
        random.shuffle(self.rows)


def any_date(random: Random, day: date) -> str:
    """A day, spelled in one of five ways. 各种日期写法。"""
    return random.choice(DATE_STYLES)(day)


def household_register(random: Random, people: Sequence[Person], repeats: int) -> Register:
    """Police: every resident once, some rows twice. 户籍人口。"""
    made = Register(
        ("公民身份号码", "姓名", "性别", "民族", "出生日期", "户籍地址", "所属街道", "联系电话")
    )
    for person in people:
        made.rows.append(
            [person.number, person.name, person.sex, person.nation, any_date(random, person.born),
             person.address, person.street.name, person.phone]
        )  # fmt: skip
    made.rows += [list(row) for row in random.sample(made.rows, repeats)]
    made.count("duplicate_keys", repeats)
    made.shuffle(random)
    return made


@dataclass(frozen=True, slots=True)
class Spelling:
    """One wrong way to write an identity number that a key expression mends. 号码写法。"""

    name: str
    write: Callable[[str], str]
    suits: Callable[[str], bool] = lambda _: True


SPELLINGS = (
    Spelling("old_15_digits", lambda n: n[:6] + n[8:17], lambda n: n[6:8] == "19"),
    Spelling("lower_x", str.lower, lambda n: n.endswith("X")),
    Spelling("full_width", lambda n: n.translate(WIDE)),
    Spelling("spaces_around", lambda n: f" {n}　"),
)


def spell_number(random: Random, made: Register, number: str, share: float) -> str:
    """The number, now and then in a wrong spelling, which is counted. 写号码。"""
    if random.random() >= share:
        return number
    spelling = random.choice([one for one in SPELLINGS if one.suits(number)])
    made.count(spelling.name)
    return spelling.write(number)


@dataclass(frozen=True, slots=True)
class LowIncomePlan:
    """How many households of each sort. 低收入家庭构成。"""

    same: Sequence[Person]
    renamed: Sequence[Person]
    strangers: Sequence[Person]
    repeats: int
    blank: int
    placeholder: int


def low_income_register(random: Random, plan: LowIncomePlan) -> Register:
    """Civil affairs: households on minimum living allowance. 低收入家庭。"""
    made = Register(
        ("户主姓名", "身份证号", "保障人数", "月保障金（元）", "所属街道", "联系电话", "发放账号", "纳入日期")
    )  # fmt: skip
    for person in (*plan.same, *plan.strangers):
        number = spell_number(random, made, person.number, 0.2)
        made.rows.append(_household(random, person, number, person.name))
    for person in plan.renamed:
        made.rows.append(_household(random, person, person.number, _other_name(person.name)))
    made.rows += [list(row) for row in random.sample(made.rows[: len(plan.same)], plan.repeats)]
    nobody = plan.same[0]
    for number in (*[""] * plan.blank, *_placeholders(random, plan.placeholder)):
        made.rows.append(_household(random, nobody, number, _other_name(nobody.name)))
    made.count("blank", plan.blank)
    made.count("placeholder", plan.placeholder)
    made.count("duplicate_keys", plan.repeats)
    made.shuffle(random)
    return made


def _household(random: Random, person: Person, number: str, name: str) -> list[str]:
    money = f"{random.randrange(300, 4800):,}.00"
    since = any_date(random, date(2024, 1 + random.randrange(12), 1))
    people = str(random.randrange(1, 7))
    return [name, number, people, money, person.street.name, person.phone, person.card, since]


def _other_name(name: str) -> str:
    return name[0] + ("某" if name[1:] != "某" else "甲")


def _placeholders(random: Random, count: int) -> list[str]:
    return [random.choice(PLACEHOLDERS) for _ in range(count)]


def pension_register(random: Random, people: Sequence[Person]) -> Register:
    """Human resources: who draws a pension. 养老金发放。"""
    made = Register(("社会保障号码", "姓名", "月养老金", "银行卡号", "发放月份"))
    for person in people:
        money = f"{random.randrange(1800, 6800)}.{random.randrange(100):02d}"
        made.rows.append([person.number, person.name, money, person.card, "2025.6"])
    made.shuffle(random)
    return made


def death_register(random: Random, people: Sequence[Person], nameless: int) -> Register:
    """Civil affairs: cremations; some people are nameless. 殡葬火化。"""
    made = Register(("证件号码", "姓名", "死亡日期", "火化日期", "殡仪馆"))
    for person in people:
        day = date(2024, 1 + random.randrange(12), 1 + random.randrange(25))
        late = any_date(random, day.replace(day=day.day + 3))
        made.rows.append([person.number, person.name, any_date(random, day), late, "云州市殡仪馆"])
    for _ in range(nameless):
        made.rows.append(
            [random.choice(("无", "", "不详")), "无名氏", "", "2024-12-31", "云州市殡仪馆"]
        )
    made.count("blank_or_placeholder", nameless)
    made.shuffle(random)
    return made


def enterprise_register(random: Random, enterprises: Sequence[Enterprise]) -> Register:
    """Market supervision: registered enterprises. 企业登记。"""
    made = Register(
        ("统一社会信用代码", "企业名称", "法定代表人", "法人身份证号", "注册资本（万元）", "成立日期",
         "行业门类", "登记状态", "住所")
    )  # fmt: skip
    for firm in enterprises:
        founded = any_date(random, firm.founded)
        made.rows.append(
            [firm.code, firm.name, firm.legal.name, firm.legal.number, firm.capital, founded,
             firm.industry, firm.status, firm.address]
        )  # fmt: skip
    made.shuffle(random)
    return made


@dataclass(frozen=True, slots=True)
class TaxPlan:
    """How many taxpayers of each sort. 纳税人构成。"""

    same: Sequence[Enterprise]
    brackets: Sequence[Enterprise]
    renamed: Sequence[Enterprise]
    old_number: Sequence[Enterprise]
    unregistered: Sequence[Enterprise]
    blank: int


def tax_register(random: Random, plan: TaxPlan) -> Register:
    """Tax: taxpayers, some under the number of before 2015. 纳税人。"""
    made = Register(("纳税人识别号", "纳税人名称", "登记日期", "本年应纳税额"))

    def add(number: str, name: str, day: date) -> None:
        tax = f"{random.randrange(1000, 9_000_000):,}.{random.randrange(100):02d}"
        made.rows.append([number, name, any_date(random, day), tax])

    for firm in (*plan.same, *plan.unregistered):
        add(firm.code, firm.name, firm.founded)
    for firm in plan.brackets:
        add(firm.code, firm.name.replace("（", "(").replace("）", ")"), firm.founded)
    for firm in plan.renamed:
        add(firm.code, firm.name.replace("有限公司", "股份有限公司"), firm.founded)
    for firm in plan.old_number:
        add(firm.old_tax_number, firm.name, firm.founded)
    for number in range(plan.blank):
        add(random.choice(("", "无", "/")), f"临时纳税户{number + 1}", date(2025, 1, 1))
    made.count("old_tax_numbers", len(plan.old_number))
    made.count("blank_or_placeholder", plan.blank)
    made.shuffle(random)
    return made


def house_register(random: Random, owners: Sequence[Person], second: Sequence[Person]) -> Register:
    """Housing: who owns what; `second` own two. 房屋产权。"""
    made = Register(
        ("房屋编号", "不动产单元号", "产权人", "产权人身份证号", "房屋坐落", "建筑面积", "登记时间")
    )
    for number, person in enumerate((*owners, *second)):
        unit = f"{person.street.county_code}{number % 1000:03d}001GB{number:05d}F{number:08d}"
        moment = f"2023/{1 + random.randrange(12)}/{1 + random.randrange(28)} 9:{random.randrange(60):02d}"
        area = f"{random.randrange(40, 180)}.{random.randrange(100):02d}"
        made.rows.append(
            [f"FW{number:08d}", unit, person.name, person.number, person.address, area, moment]
        )
    made.count("owners_of_two", len(second))
    made.shuffle(random)
    return made


RENAMED, SWAPPED_PAIRS, RECODED, STATISTICS_ONLY, AFFAIRS_ONLY = 6, 4, 5, 3, 2


def street_registers(random: Random) -> tuple[Register, Register, dict[str, int]]:
    """Statistics and civil affairs: the same streets, coded by two hands. 街道与乡镇。

    Gives both registers and the counts of their comparison: names changed, pairs of codes
    swapped, streets under a new code, streets that one side lacks.
    """
    streets = list_streets()
    random.shuffle(streets)
    bounds = [RENAMED, 2 * SWAPPED_PAIRS, RECODED, STATISTICS_ONLY, AFFAIRS_ONLY]
    groups = [[streets.pop() for _ in range(size)] for size in bounds]
    renamed, swapped, recoded, left_only, right_only = groups
    statistics = Register(("code", "name", "county_code", "county"))
    for street in (*streets, *renamed, *swapped, *recoded, *left_only):
        statistics.rows.append([street.code, street.name, street.county_code, street.county])
    statistics.rows.sort()
    affairs = Register(("code", "name", "county_code", "county"))
    for street in (*streets, *right_only):
        affairs.rows.append(_affairs(street, street.code, street.name))
    for street in renamed:
        affairs.rows.append(_affairs(street, street.code, "新" + street.name))
    for one, other in zip(swapped[::2], swapped[1::2], strict=True):
        affairs.rows.append(_affairs(one, other.code, one.name))
        affairs.rows.append(_affairs(other, one.code, other.name))
    for street in recoded:
        affairs.rows.append(_affairs(street, f"{street.code[:6]}1{street.code[7:]}", street.name))
    affairs.rows.sort()
    return statistics, affairs, _street_counts(len(streets))


def _affairs(street: Street, code: str, name: str) -> list[str]:
    return [f"{code}000", name, f"{street.county_code}000000", DISTRICTS[street.county_code]]


def _street_counts(same: int) -> dict[str, int]:
    moved = 2 * SWAPPED_PAIRS
    return {
        "left_rows": same + RENAMED + moved + RECODED + STATISTICS_ONLY,
        "right_rows": same + RENAMED + moved + RECODED + AFFAIRS_ONLY,
        "left_blank_keys": 0,
        "right_blank_keys": 0,
        "left_duplicate_keys": 0,
        "right_duplicate_keys": 0,
        "matched": same + RENAMED + moved,
        "left_only": RECODED + STATISTICS_ONLY,
        "right_only": RECODED + AFFAIRS_ONLY,
        "differing": RENAMED + moved,
        "alternate_pairs": same + moved + RECODED,
        "other_key_same_thing": moved + RECODED,
        "moved": moved,
    }
