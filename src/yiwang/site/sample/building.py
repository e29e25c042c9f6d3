"""Draws the sample city's files and says what must be found in them. 生成示例城市文件。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from . import registers as make
from .people import Person, draw_enterprises, draw_people
from .registers import LowIncomePlan, Register, TaxPlan
from .sheets import write_csv, write_json, write_xlsx
from .truths import SampleComparison, SampleFile, Truths

FEWEST_ROWS = 200
T = TypeVar("T")

HOUSEHOLDS, LOW_INCOME = "公安局_户籍人口.csv", "民政局_低收入家庭.xlsx"
PENSIONS, DEATHS = "人社局_养老金发放.csv", "民政局_殡葬火化.csv"
ENTERPRISES, TAXPAYERS = "市场监管局_企业登记.csv", "税务局_纳税人.xlsx"
HOUSES, STREETS, TOWNSHIPS = "住建局_房屋产权.csv", "统计局_街道.csv", "民政局_乡镇.json"
TRUTHS = "truths.json"

MENDED_ID = "id15to18(upper(trim(nfkc(身份证号))))"
NO_BLANKS = {"left_blank_keys": 0, "right_blank_keys": 0}
NO_REPEATS = {"left_duplicate_keys": 0, "right_duplicate_keys": 0}

Writer = Callable[[Path, Register], None]


def _csv(encoding: str) -> Writer:
    return lambda path, made: write_csv(path, made.header, made.rows, encoding=encoding)


def _xlsx(sheet: str) -> Writer:
    return lambda path, made: write_xlsx(path, sheet, made.header, made.rows)


def _json(path: Path, made: Register) -> None:
    """Nested as the civil-affairs register is: county, then name to code. 嵌套 JSON。"""
    nested: dict[str, dict[str, object]] = {}
    townships: dict[str, dict[str, str]] = {}
    for code, name, county_code, county in made.rows:
        townships.setdefault(county_code, {})[name] = code
        nested[county_code] = {"county": county, "townships": townships[county_code]}
    write_json(path, nested)


@dataclass(frozen=True, slots=True)
class _Built:
    """One file with how it is written. 待写文件。"""

    register: Register
    write: Writer
    about: SampleFile


def write_sample(folder: Path, seed: int = 1, rows: int = 2000) -> Truths:
    """Write the sample city's files and `truths.json` into a folder. 生成示例城市。

    The same seed and rows give the same bytes. `rows` is the number of residents, at least 200;
    the other registers follow from it. ValueError for fewer.
    """
    if rows < FEWEST_ROWS:
        raise ValueError(f"the sample city needs at least {FEWEST_ROWS} residents")
    random = Random(seed)  # noqa: S311
    people = draw_people(random, rows + rows // 40)
    residents, strangers = people[:rows], people[rows:]
    built, comparisons = [], []
    for part in (
        _residents(random, residents, strangers),
        _firms(random, residents),
        _streets(random),
    ):
        built += part[0]
        comparisons += part[1]
    folder.mkdir(parents=True, exist_ok=True)
    for one in built:
        one.write(folder / one.about.file, one.register)
    planted = {
        f"{one.about.file}: {what}": count
        for one in built
        for what, count in sorted(one.register.planted.items())
    }
    truths = Truths(seed, rows, tuple(one.about for one in built), tuple(comparisons), planted)
    truths.save(folder / TRUTHS)
    return truths


Part = tuple[list[_Built], list[SampleComparison]]


def _residents(random: Random, residents: Sequence[Person], strangers: Sequence[Person]) -> Part:
    rows = len(residents)
    mixed = random.sample(residents, rows)
    renamed, same = mixed[: rows // 50], mixed[rows // 50 : rows * 3 // 10]
    others = mixed[rows * 3 // 10 :]
    plan = LowIncomePlan(same, renamed, strangers, rows // 100, rows // 100, rows // 80)
    repeats = rows // 100
    low_income = make.low_income_register(random, plan)
    households = make.household_register(random, residents, repeats)
    left = {
        "left_rows": len(low_income.rows),
        "left_blank_keys": plan.blank + plan.placeholder,
        "left_duplicate_keys": plan.repeats,
    }
    against_police = SampleComparison(
        "低收入家庭户主与户籍人口",
        LOW_INCOME,
        HOUSEHOLDS,
        (f"{MENDED_ID} = 公民身份号码",),
        {
            **left,
            "right_rows": len(households.rows),
            "right_blank_keys": 0,
            "right_duplicate_keys": repeats,
            "matched": len(same) + len(renamed),
            "left_only": len(strangers),
            "right_only": rows - len(same) - len(renamed),
            "differing": len(renamed),
        },
        value=("户主姓名 = 姓名",),
    )
    houses, with_houses = _houses(random, same, others, left, len(strangers) + len(renamed))
    pensions, with_deaths = _pensions(random, others)
    police = _Built(
        households, _csv("gb18030"), _about(HOUSEHOLDS, "YZ-GAJ", "户籍人口", households)
    )
    welfare = _about(LOW_INCOME, "YZ-MZJ", "低收入家庭", low_income)
    built = [police, _Built(low_income, _xlsx("低收入家庭"), welfare), houses, *pensions]
    return built, [against_police, with_houses, with_deaths]


def _houses(
    random: Random,
    same: Sequence[Person],
    others: Sequence[Person],
    left: dict[str, int],
    unmatched: int,
) -> tuple[_Built, SampleComparison]:
    poor = random.sample(same, len(same) // 8)
    owners = [*poor, *random.sample(others, len(others) // 3)]
    second = random.sample(owners, len(owners) // 10)
    houses = make.house_register(random, owners, second)
    houses.shuffle(random)
    comparison = SampleComparison(
        "低收入家庭户主名下房屋",
        LOW_INCOME,
        HOUSES,
        (f"{MENDED_ID} = 产权人身份证号",),
        {
            **left,
            "right_rows": len(houses.rows),
            "right_blank_keys": 0,
            "right_duplicate_keys": len(second),
            "matched": len(poor),
            "left_only": len(same) - len(poor) + unmatched,
            "right_only": len(owners) - len(poor),
            "differing": 0,
        },
        value=("户主姓名 = 产权人",),
    )
    about = _about(HOUSES, "YZ-ZJJ", "房屋产权", houses, key=("房屋编号",))
    return _Built(houses, _csv("gb18030"), about), comparison


def _pensions(random: Random, others: Sequence[Person]) -> tuple[list[_Built], SampleComparison]:
    mixed = random.sample(others, len(others))
    drawing, rest = mixed[: len(mixed) // 3], mixed[len(mixed) // 3 :]
    paid, unpaid = drawing[: len(drawing) // 10], rest[: len(rest) // 20]
    nameless = 1 + len(others) // 200
    pensions = make.pension_register(random, drawing)
    deaths = make.death_register(random, [*paid, *unpaid], nameless)
    comparison = SampleComparison(
        "死亡后仍领取养老金",
        PENSIONS,
        DEATHS,
        ("社会保障号码 = 证件号码",),
        {
            "left_rows": len(drawing),
            "right_rows": len(deaths.rows),
            "left_blank_keys": 0,
            "right_blank_keys": nameless,
            **NO_REPEATS,
            "matched": len(paid),
            "left_only": len(drawing) - len(paid),
            "right_only": len(unpaid),
            "differing": 0,
        },
        value=("姓名 = 姓名",),
    )
    built = [
        _Built(pensions, _csv("utf-8-sig"), _about(PENSIONS, "YZ-RSJ", "养老金发放", pensions)),
        _Built(deaths, _csv("gb18030"), _about(DEATHS, "YZ-MZJ", "殡葬火化", deaths)),
    ]
    return built, comparison


def _firms(random: Random, residents: Sequence[Person]) -> Part:
    count = len(residents) // 2
    drawn = draw_enterprises(random, list(residents), count + count // 25)
    firms, unregistered = drawn[:count], drawn[count:]
    same, brackets, renamed, old, _untaxed = _split(firms, (70, 8, 5, 5, 12))
    plan = TaxPlan(same, brackets, renamed, old, unregistered, count // 50)
    register = make.enterprise_register(random, firms)
    taxpayers = make.tax_register(random, plan)
    matched = len(same) + len(brackets) + len(renamed)
    comparison = SampleComparison(
        "企业登记与纳税人",
        ENTERPRISES,
        TAXPAYERS,
        ("统一社会信用代码 = upper(trim(纳税人识别号))",),
        {
            "left_rows": count,
            "right_rows": len(taxpayers.rows),
            "left_blank_keys": 0,
            "right_blank_keys": plan.blank,
            **NO_REPEATS,
            "matched": matched,
            "left_only": count - matched,
            "right_only": len(old) + len(unregistered),
            "differing": len(renamed),
            "alternate_pairs": len(same) + len(brackets) + len(old),
            "other_key_same_thing": len(old),
            "moved": 0,
        },
        value=("fold_brackets(企业名称) = fold_brackets(纳税人名称)",),
        alternate_key="fold_brackets(企业名称) = fold_brackets(纳税人名称)",
    )
    key = ("统一社会信用代码",)
    about = _about(ENTERPRISES, "YZ-SCJG", "企业登记", register, key=key)
    built = [
        _Built(register, _csv("utf-8"), about),
        _Built(taxpayers, _xlsx("纳税人"), _about(TAXPAYERS, "YZ-SWJ", "纳税人", taxpayers)),
    ]
    return built, [comparison]


def _streets(random: Random) -> Part:
    statistics, affairs, expected = make.street_registers(random)
    comparison = SampleComparison(
        "统计街道与民政乡镇",
        STREETS,
        TOWNSHIPS,
        ("code = left(code, 9)",),
        expected,
        value=("name = name",),
        alternate_key="county = county, name = name",
    )
    options = {
        "records": "/*/townships/*",
        "mapping": "county_code={0} name={1} code={value} county=../../county",
    }
    left = _about(STREETS, "YZ-TJJ", "统计用街道代码", statistics, key=("code",))
    right = _about(TOWNSHIPS, "YZ-MZJ", "民政乡镇街道", affairs, key=("code",), options=options)
    return [_Built(statistics, _csv("utf-8"), left), _Built(affairs, _json, right)], [comparison]


def _split(items: Sequence[T], shares: Sequence[int]) -> list[list[T]]:
    """Cut by percentages; the last takes what is left. 按比例切分。"""
    parts, start = [], 0
    for share in shares[:-1]:
        end = start + len(items) * share // 100
        parts.append(list(items[start:end]))
        start = end
    return [*parts, list(items[start:])]


ELEMENTS = {
    "公民身份号码": "resident_id", "身份证号": "resident_id", "产权人身份证号": "resident_id",
    "法人身份证号": "resident_id", "证件号码": "resident_id", "社会保障号码": "social_security_number",
    "姓名": "person_name", "户主姓名": "person_name", "产权人": "person_name",
    "法定代表人": "person_name", "性别": "sex", "民族": "nation", "出生日期": "birth_date",
    "户籍地址": "address", "房屋坐落": "address", "住所": "address", "所属街道": "town",
    "联系电话": "phone", "保障人数": "count", "月保障金（元）": "benefit_amount", "发放账号": "bank_card",
    "银行卡号": "bank_card", "纳入日期": "start_date", "月养老金": "pension_amount", "死亡日期": "death_date",
    "火化日期": "date", "发放月份": "month", "统一社会信用代码": "credit_code", "企业名称": "enterprise_name",
    "注册资本（万元）": "registered_capital", "成立日期": "established_date", "行业门类": "industry",
    "登记状态": "registration_status", "纳税人识别号": "tax_number", "纳税人名称": "enterprise_name",
    "登记日期": "date", "本年应纳税额": "tax_amount", "房屋编号": "house_number",
    "不动产单元号": "real_estate_unit", "建筑面积": "floor_area", "登记时间": "create_time",
    "name": "town",
    "county_code": "county_code", "county": "county", "殡仪馆": "",
}  # fmt: skip


def _about(
    file: str,
    owner: str,
    name: str,
    made: Register,
    *,
    key: tuple[str, ...] = (),
    options: dict[str, str] | None = None,
) -> SampleFile:
    elements = {column: ELEMENTS[column] for column in made.header if ELEMENTS.get(column)}
    return SampleFile(
        file, owner, name, len(made.rows), key, options=options or {}, elements=elements
    )
