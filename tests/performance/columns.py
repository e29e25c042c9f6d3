"""Columns as departments send them, each labelled with the element it holds. 标注列样例。

`tests/data/columns/seen.txt` was looked at while suggestions were built, `apart.txt` was written
down before and only scored. Each line gives a heading, the right elements and what its thirty
values are made of; the values are drawn from a seed that is the heading, so they never change.
"""

# ruff: noqa: SIM905, RUF001 words divided by blanks, marks as departments write them

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.standards.checks import (
    VIN_VALUES,
    VIN_WEIGHTS,
    credit_check_digit,
    luhn_check_digit,
    organization_check_digit,
)
from yiwang.kernel.standards.identity import id_check_digit

FOLDER = Path(__file__).resolve().parents[1] / "data" / "columns"
VALUES = 30
Maker = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class LabelledColumn:
    """A heading, its values, and the elements that would be right (none: no element fits)."""

    heading: str
    values: list[str]
    elements: frozenset[str]


def read_labelled(name: str) -> list[LabelledColumn]:
    """The columns of `seen` or `apart`."""
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [_read(line) for line in lines if line and not line.startswith("# ")]


def _read(line: str) -> LabelledColumn:
    heading, elements, maker = (part.strip() for part in line.split(" | "))
    draw = random.Random(zlib.crc32(heading.encode()))
    right = frozenset(elements.split(",")) - {"-"}
    return LabelledColumn(heading, [MAKERS[maker](draw) for _ in range(VALUES)], right)


def of(words: str) -> Maker:
    """One of these words."""
    return lambda draw: draw.choice(words.split())


def digits(draw: random.Random, count: int) -> str:
    return f"{draw.randrange(10**count):0{count}d}"


def dirty(maker: Maker, *spoil: Callable[[str], str], share: float = 0.2) -> Maker:
    """Now and then spoilt: blank, spaced, cut."""
    return lambda draw: draw.choice(spoil)(maker(draw)) if draw.random() < share else maker(draw)


def _id(draw: random.Random) -> str:
    year, month, day = draw.randrange(1940, 2015), draw.randrange(1, 13), draw.randrange(1, 28)
    first = f"99010{draw.randrange(2, 5)}{year}{month:02d}{day:02d}{digits(draw, 3)}"
    return first + id_check_digit(first)


def _organization(draw: random.Random) -> str:
    first = f"MA{digits(draw, 6)}"
    return first + organization_check_digit(first)


def _credit(draw: random.Random) -> str:
    body = f"91990{draw.randrange(102, 105)}{_organization(draw)}"
    return body + credit_check_digit(body)


def _card(draw: random.Random) -> str:
    first = f"62{digits(draw, 16)}"
    return first + luhn_check_digit(first)


SURNAMES = "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 林 郭 何 高 罗 欧阳 司马"
GIVEN = "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 文博 子涵 梓萱"


def _name(draw: random.Random) -> str:
    return draw.choice(SURNAMES.split()) + draw.choice(GIVEN.split())


def _company(draw: random.Random) -> str:
    trade = draw.choice("商贸 建筑工程 物流 科技 餐饮管理 农业发展 机械制造".split())
    kind = draw.choice("有限公司 有限责任公司 股份有限公司 厂 经营部 合作社".split())
    return f"云州{draw.choice('晨星 远帆 嘉禾 北溪 云岭 宏达 鑫源'.split())}{trade}{kind}"


def _address(draw: random.Random) -> str:
    road = draw.choice("清河路 长桥街 东风大道 解放巷".split())
    flat = draw.choice(["", f"{draw.randrange(1, 30)}栋{draw.randrange(101, 1899)}室"])
    return (
        f"云州市{draw.choice('东湖区 西岭区 北溪县'.split())}{road}{draw.randrange(1, 300)}号{flat}"
    )


DAYS = ("{0}-{1:02d}-{2:02d}", "{0}/{1}/{2}", "{0}年{1}月{2}日", "{0}.{1}.{2}", "{0}{1:02d}{2:02d}")


def _day(draw: random.Random, *forms: str) -> str:
    year, month, day = draw.randrange(1995, 2025), draw.randrange(1, 13), draw.randrange(1, 28)
    return draw.choice(forms or DAYS).format(year, month, day)


def _mobile(draw: random.Random) -> str:
    return f"1{draw.choice('3578 9'.replace(' ', ''))}{digits(draw, 9)}"


def _landline(draw: random.Random) -> str:
    area = draw.choice(["0571-", "010-", "021", "(0755)", ""])
    eight = area in ("010-", "021", "(0755)")
    return f"{area}{draw.randrange(2, 9)}{digits(draw, 7 if eight else 6)}"


def _plate(draw: random.Random) -> str:
    head = draw.choice("云A 浙B 京C 粤B 沪D".split())
    return draw.choice(
        [f"{head}{digits(draw, 5)}", f"{head}D{digits(draw, 5)}", f"{head}{digits(draw, 4)}学"]
    )


def _vin(draw: random.Random) -> str:
    text = "LSV" + "".join(draw.choice("ABCDEFGH12345678") for _ in range(14))
    total = sum(int(VIN_VALUES[c]) * w for c, w in zip(text, VIN_WEIGHTS, strict=True))
    return f"{text[:8]}{'0123456789X'[total % 11]}{text[9:]}"


def number(low: float, high: float, places: int) -> Maker:
    return lambda draw: f"{draw.uniform(low, high):.{places}f}"


def _letters(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(count))


PLACES = "云州市 东湖区 浙江省杭州市 四川成都 北溪县 河南周口"
OPINION = "同意 经审核，符合条件 请补充材料 予以通过 情况属实"

MAKERS: dict[str, Maker] = {
    "id": _id,
    "id_dirty": dirty(_id, str.lower, lambda v: f" {v}", lambda v: v[:6] + v[8:17], lambda _: "", lambda v: v[:17]),
    "credit": _credit,
    "credit_mixed": dirty(_credit, lambda v: v[2:17], lambda _: "无", lambda v: v.lower(), share=0.3),
    "org_code": lambda draw: f"{(code := _organization(draw))[:8]}-{code[8]}",
    "tax": dirty(_credit, lambda v: v[2:8] + v[8:17]),
    "reg_number": lambda draw: f"9901{digits(draw, 11)}",
    "card": _card,
    "account": lambda draw: digits(draw, draw.choice((12, 17, 19, 20))),
    "social_card": lambda draw: draw.choice([f"C{digits(draw, 8)}", f"A{digits(draw, 8)}"]),
    "passport": lambda draw: f"{draw.choice('E G EA ED'.split())}{digits(draw, 8)}"[:9],
    "hk_permit": lambda draw: f"{draw.choice('HM')}{digits(draw, 8)}",
    "tw_permit": lambda draw: digits(draw, 8),
    "id_doc_code": of("111 111 111 414 516 511 554"),
    "disability": lambda draw: f"{_id(draw)}{draw.randrange(1, 8)}{draw.randrange(1, 5)}",
    "name": _name,
    "name_blank": dirty(_name, lambda _: "", lambda _: "无", share=0.5),
    "name_company": lambda draw: draw.choice((_name, _company))(draw),
    "company": _company,
    "brand": of("晨星商贸 远帆物流 嘉禾农业 北溪机械 宏达建工"),
    "sex_code": of("1 2 1 2 1 2 0"),
    "sex_name": of("男 女 男 女 男性"),
    "nation_name": of("汉族 汉 汉族 回族 彝族 白族 苗"),
    "nation_code": of("01 01 01 03 07 14"),
    "marital_name": of("已婚 未婚 离异 丧偶 已婚 再婚"),
    "marital_code": of("10 20 20 20 30 40"),
    "education_name": of("大学本科 大专 高中 初中 小学 硕士研究生 中专"),
    "education_code": of("21 31 61 71 81 14"),
    "politics_name": of("中共党员 群众 共青团员 群众 中共预备党员"),
    "politics_code": of("01 13 13 03 02"),
    "relation_name": of("户主 配偶 长子 女儿 母亲 儿媳 孙子"),
    "household": of("居民户口 家庭户口 农业户口 非农业 集体户口"),
    "health": of("健康 良好 一般 残疾 有慢性病"),
    "religion": of("无 无 佛教 伊斯兰教 基督教"),
    "blood": of("A B O AB A型"),
    "occupation": of("教师 农民 个体户 工人 医生 公务员 司机"),
    "age": lambda draw: str(draw.randrange(1, 95)),
    "place": of(PLACES),
    "country_name": of("中国 中国 美国 日本 越南 韩国"),
    "mobile": _mobile,
    "mobile_dirty": dirty(_mobile, lambda v: f"+86{v}", lambda v: f"{v[:3]}-{v[3:7]}-{v[7:]}", lambda _: "", lambda v: v[:10]),
    "phone_mixed": lambda draw: draw.choice((_mobile, _landline))(draw),
    "landline": _landline,
    "address": _address,
    "email": lambda draw: f"{draw.choice('zhang li office hr'.split())}{digits(draw, 3)}@example.cn",
    "url": lambda draw: f"http://www.{draw.choice('yunzhou chenxing yuanfan'.split())}{digits(draw, 2)}.com.cn",
    "scope": of("日用百货销售；食品经营 房屋建筑工程施工；市政工程 计算机软件开发、技术咨询 粮食种植、农产品初加工 道路货物运输"),
    "number": number(0.5, 500, 2),
    "count": lambda draw: str(draw.randrange(1, 400)),
    "small": lambda draw: str(draw.randrange(0, 4)),
    "few": of("1 2 3 0 1 2"),
    "money": lambda draw: f"{draw.randrange(100, 90000):,}.{digits(draw, 2)}",
    "date_mixed": dirty(_day, lambda _: "", lambda _: "长期", share=0.1),
    "date_packed": lambda draw: _day(draw, DAYS[4]),
    "date_month": lambda draw: _day(draw, "{0}-{1:02d}", "{0}年{1}月", "{0}.{1}"),
    "datetime": lambda draw: f"{_day(draw, DAYS[0])} {draw.randrange(24):02d}:{draw.randrange(60):02d}:00",
    "enterprise_type": of("有限责任公司 个体工商户 股份有限公司 私营有限责任公司 国有企业 其他有限责任公司"),
    "industry_name": of("制造业 批发和零售业 建筑业 住宿和餐饮业 房地产业 教育"),
    "industry_code": of("C F E H K P"),
    "industry_division": of("51 52 13 47 61 62 70"),
    "authority": of("云州市市场监督管理局 东湖区市场监督管理局 云州市卫生健康委员会 北溪县公安局"),
    "business_status": of("存续 在营 注销 吊销，未注销 开业"),
    "scale": of("大型 中型 小型 微型 小型"),
    "licence": lambda draw: f"JY{digits(draw, 14)}",
    "document": lambda draw: f"云市监罚〔{draw.randrange(2018, 2025)}〕{draw.randrange(1, 900)}号",
    "division_code": of("990102 990103 990104 990121 990122 990100"),
    "county_code": of("990102 990103 990104 990121 990122"),
    "province_name": of("浙江省 云南省 北京市 四川省 广西壮族自治区"),
    "county": of("东湖区 西岭区 南浦区 北溪县 云河县"),
    "town": of("清河街道 长桥镇 东风乡 西街道 南镇 永安街道"),
    "village": of("清河社区 长桥村 东风村委会 永安社区 和平居委会"),
    "grid": of("东湖一网格 清河03网格 第12网格 综治网格5"),
    "serial_code": lambda draw: f"{draw.choice('SJ WG HH'.split())}2023{digits(draw, 6)}",
    "quarter": of("阳光花园 清河小区 锦绣家园 云州新村 湖畔苑一期"),
    "building": lambda draw: f"{draw.randrange(1, 40)}{draw.choice(['栋', '幢', '号楼', ''])}",
    "door": lambda draw: f"{draw.randrange(1, 400)}{draw.choice(['号', '', '-2号'])}",
    "longitude": number(99.5, 106.2, 6),
    "latitude": number(21.2, 29.1, 6),
    "postcode": lambda draw: f"65{digits(draw, 4)}",
    "plate": _plate,
    "vin": _vin,
    "engine": lambda draw: _letters(draw, draw.randrange(7, 11)),
    "vehicle_type": of("小型轿车 轿车 小型普通客车 重型半挂牵引车 普通二轮摩托车 K33"),
    "plate_color": of("蓝色 绿色 黄色 蓝 蓝色"),
    "plate_type": of("02 02 01 52 02 07"),
    "driving": of("C1 C1 C2 B2 A1A2 C1E"),
    "estate_cert": lambda draw: f"云（{draw.randrange(2016, 2024)}）云州市不动产权第{digits(draw, 7)}号",
    "estate_unit": lambda draw: f"990102{digits(draw, 6)}GB{digits(draw, 5)}F{digits(draw, 8)}",
    "house_use": of("住宅 商业 办公 车库 住宅 工业厂房"),
    "structure": of("钢筋混凝土 砖混 框架 钢结构 混合结构"),
    "land_use": of("城镇住宅用地 工业用地 商服用地 耕地"),
    "insurance": of("企业职工基本养老保险 职工基本医疗保险 失业保险 工伤保险 城乡居民基本养老保险"),
    "bank": of("中国工商银行云州支行 农业银行 云州农村商业银行 建行东湖支行 邮储银行"),
    "school": of("云州市第一中学 东湖小学 北溪县实验幼儿园 云州大学"),
    "student": lambda draw: f"G{_id(draw)}",
    "diagnosis": of("高血压病 2型糖尿病 冠心病 肺炎 脑梗死"),
    "icd": of("I10.x00 E11.900 I25.103 J18.900 I63.900"),
    "project": lambda draw: f"20{draw.randrange(17, 25)}-530102-{draw.randrange(10, 90)}-01-{digits(draw, 6)}",
    "item": of("食品经营许可 出生登记 城市低保申请 建设工程规划许可证核发"),
    "remark": of("无 已迁出 补录 资料不全，待核实 见附件"),
    "row_number": lambda draw: str(draw.randrange(1, 500)),
    "yes_no": of("是 否 是 是 否"),
    "hex": lambda draw: f"{draw.randrange(16**16):016x}",
    "opinion": of(OPINION),
}  # fmt: skip
