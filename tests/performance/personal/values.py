"""Made values of each kind, and what only looks like them. 标注取值。"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yiwang.kernel.standards import checks, identity

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIVISIONS = ("110101", "310115", "440305", "510107", "330106", "430102", "610113", "230103")
PLATES = "京沪粤川浙湘陕黑苏鲁豫鄂闽皖赣冀晋辽吉桂云贵甘蒙宁青新渝津琼藏"
AREA_CODES = ("010", "021", "0755", "028", "0571", "0731", "029", "0451", "0512")


@dataclass(frozen=True, slots=True)
class Words:
    """What one half draws from; the other half has other words. 用词。"""

    surnames: Sequence[str]
    given: Sequence[str]
    minority: Sequence[str]
    districts: Sequence[str]
    streets: Sequence[str]
    estates: Sequence[str]
    companies: Sequence[str]
    places: Sequence[str]
    titles: Sequence[str]
    departments: Sequence[str]


TUNING = Words(
    surnames=tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"),
    given=(
        "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
        "秀英", "秀兰", "桂英", "建华", "志明", "晓燕", "文博", "子轩", "雨欣", "思远", "海燕",
        "国强", "玉兰", "春梅", "俊杰", "嘉怡", "佳琪", "天宇", "雪梅", "永刚", "小红",
    ),
    minority=("阿依古丽·买买提", "扎西·次仁", "艾力·吐尔逊"),
    districts=("北京市朝阳区", "广东省深圳市南山区", "成都市武侯区", "长沙市岳麓区", "雁塔区", "杭州市西湖区"),
    streets=("建设路", "人民中路", "解放大道", "学府街", "中山北路", "环城东路"),
    estates=("阳光花园", "幸福小区", "翠湖苑", "锦绣江南", "和平里"),
    companies=("王老吉食品有限公司", "张小泉剪刀店", "李宁体育用品有限公司", "华润置地物业公司", "周黑鸭食品公司"),
    places=("张家口", "李家沟", "石家庄", "马鞍山", "高新区", "王家坝", "黄冈市", "朱家角"),
    titles=("张局长", "王女士", "李先生", "刘主任", "陈老师", "赵书记", "黄师傅", "周科长"),
    departments=("市民政局", "区教育局", "市人社局", "街道办事处"),
)  # fmt: skip
HELD = Words(
    surnames=(*"邓曹彭曾肖田潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石", "欧阳", "上官"),
    given=(
        "鹏", "慧", "斌", "莉", "峰", "倩", "浩", "颖", "辉", "萍", "健", "琳", "超", "霞", "波",
        "淑珍", "凤英", "建国", "志强", "晓东", "文静", "梓涵", "浩然", "雨桐", "欣怡", "思琪",
        "卫东", "玉珍", "秋菊", "俊辉", "诗涵", "宇航", "一诺", "金凤", "宏伟", "彩霞",
    ),
    minority=("古丽娜尔·阿不都拉", "达瓦·卓玛", "巴特尔·朝克图"),
    districts=("上海市浦东新区", "江苏省苏州市姑苏区", "南京市鼓楼区", "重庆市渝中区", "历下区", "大连市沙河口区"),
    streets=("滨江大道", "文化西路", "胜利街", "长江二路", "科技园南路", "新华巷"),
    estates=("万科城市花园", "紫金家园", "东方名邸", "水岸华庭", "育才公寓"),
    companies=("曹家大院酒楼", "谭木匠工艺品有限公司", "姚记扑克股份有限公司", "保利物业服务公司", "杜蕾斯贸易公司"),
    places=("邓州", "曹县", "彭州市", "潘家园", "石景山", "沈阳", "汪清县", "陆家嘴"),
    titles=("邓处长", "曹女士", "彭先生", "袁经理", "叶医生", "程校长", "卢队长", "任书记"),
    departments=("市生态环境局", "县卫健委", "市住建局", "社区居委会"),
)  # fmt: skip


def digits(rng: random.Random, count: int, first: str = "0123456789") -> str:
    """So many digits. 数字串。"""
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def make_name(rng: random.Random, words: Words) -> str:
    """A person's name. 姓名。"""
    if rng.random() < 0.03:
        return rng.choice(words.minority)
    return rng.choice(words.surnames) + rng.choice(words.given)


def make_id(rng: random.Random, _: Words) -> str:
    """A resident identity number, seldom in lower case or of 15 digits. 身份证号。"""
    born = f"{rng.randint(1940, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    first = rng.choice(DIVISIONS) + born + digits(rng, 3)
    whole = first + identity.id_check_digit(first)
    return whole.lower() if rng.random() < 0.1 else whole


def make_mobile(rng: random.Random, _: Words) -> str:
    """A mobile number, as people write it. 手机号。"""
    text = "1" + rng.choice("3456789") + digits(rng, 9)
    if rng.random() < 0.12:
        mark = rng.choice("- ")
        return mark.join((text[:3], text[3:7], text[7:]))
    return "+86" + text if rng.random() < 0.05 else text


def make_phone(rng: random.Random, _: Words) -> str:
    """A landline with its area code. 固定电话。"""
    number = digits(rng, rng.choice((7, 8)), "2345678")
    area = rng.choice(AREA_CODES)
    return rng.choice((f"{area}-{number}", f"{area}{number}", f"({area}){number}"))


def make_card(rng: random.Random, _: Words) -> str:
    """A bank card of 16 or 19 digits. 银行卡号。"""
    first = rng.choice(("6222", "6228", "6217", "6214", "4392", "5187"))
    body = first + digits(rng, (16 if first[0] != "6" else rng.choice((16, 19))) - 5)
    text = body + checks.luhn_check_digit(body)
    spaced = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    return spaced if rng.random() < 0.2 else text


def make_credit(rng: random.Random, _: Words) -> str:
    """A unified social credit code. 统一社会信用代码。"""
    first = "9" + rng.choice("123") + rng.choice(DIVISIONS)
    first += "".join(rng.choice(CREDIT_ALPHABET) for _ in range(9))
    return first + checks.credit_check_digit(first)


def make_plate(rng: random.Random, _: Words) -> str:
    """A plate, some of them of electric vehicles. 车牌。"""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    head = rng.choice(PLATES) + rng.choice("ABCDEFG")
    if rng.random() < 0.2:
        return head + rng.choice("DF") + digits(rng, 5)
    tail = digits(rng, 4) + rng.choice(letters + "0123456789")
    return head + (rng.choice("·") if rng.random() < 0.15 else "") + tail


def make_email(rng: random.Random, _: Words) -> str:
    """An e-mail address. 电子邮箱。"""
    name = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9)))
    host = rng.choice(("qq.com", "163.com", "126.com", "example.com.cn", "gov.example.cn"))
    return f"{name}{rng.choice(('', '_', '.'))}{digits(rng, 3)}@{host}"


def make_passport(rng: random.Random, _: Words) -> str:
    """A passport number of the People's Republic. 护照号。"""
    head = rng.choice(("E", "G", "EA", "EB", "EJ"))
    return head + digits(rng, 9 - len(head))


def make_address(rng: random.Random, words: Words) -> str:
    """An address down to the house, the estate or the flat. 住址。"""
    street = f"{rng.choice(words.streets)}{rng.randint(1, 400)}号"
    flat = rng.choice(
        (
            f"{rng.randint(1, 30)}栋{rng.randint(1, 4)}单元{rng.randint(101, 2806)}室",
            f"{rng.randint(1, 30)}号楼{rng.randint(101, 2806)}",
            f"{rng.randint(1, 30)}幢{rng.randint(101, 2806)}室",
        )
    )
    estate = rng.choice(words.estates)
    district = rng.choice(words.districts)
    return rng.choice(
        (
            district + street,
            district + street + estate + flat,
            district + estate + flat,
            street + estate + flat,
            estate + flat,
        )
    )


MAKERS: Mapping[str, Callable[[random.Random, Words], str]] = {
    "person_name": make_name,
    "resident_id": make_id,
    "mobile_phone": make_mobile,
    "phone": make_phone,
    "bank_card": make_card,
    "credit_code": make_credit,
    "plate_number": make_plate,
    "email": make_email,
    "passport": make_passport,
    "address": make_address,
}


def make_order(rng: random.Random, _: Words) -> str:
    """An order number of 18 digits that begins with a date. 订单号。"""
    day = f"{rng.randint(2018, 2025)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    return day + digits(rng, 10)


def make_serial(rng: random.Random, _: Words) -> str:
    """A serial number of 16 to 20 digits. 流水号。"""
    return digits(rng, rng.choice((16, 18, 19, 20)), "123456789")


def make_case(rng: random.Random, _: Words) -> str:
    """The number of a case or paper. 案号文号。"""
    year = rng.randint(2015, 2025)
    return rng.choice(
        (
            f"（{year}）京0105民初{rng.randint(1, 99999)}号",
            f"国办发[{year}]{rng.randint(1, 90)}号",
            f"AJ{year}{digits(rng, 8)}",
        )
    )


def make_date(rng: random.Random, _: Words) -> str:
    """A date or a time. 日期。"""
    year, month, day = rng.randint(1995, 2025), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{year}-{month:02}-{day:02}", f"{year}年{month}月{day}日", f"{year}{month:02}{day:02}",
            f"{year}/{month}/{day} {rng.randint(0, 23)}:{rng.randint(10, 59)}",
            f"{year}{month:02}{day:02}{rng.randint(10, 23)}{rng.randint(10, 59)}{rng.randint(10, 59)}",
        )
    )  # fmt: skip


def make_ip(rng: random.Random, _: Words) -> str:
    """An address of a machine. IP 地址。"""
    return ".".join(str(rng.randint(1, 254)) for _ in range(4))


def make_amount(rng: random.Random, _: Words) -> str:
    """Money. 金额。"""
    return rng.choice((f"{rng.randint(1, 9_999_999):,}.00元", f"{rng.randint(1, 99999)}万元",
                       f"￥{rng.randint(10**9, 2 * 10**10)}"))  # fmt: skip


def make_product(rng: random.Random, _: Words) -> str:
    """A product or model code. 型号。"""
    return rng.choice((f"HW-{digits(rng, 6)}", f"GB/T {digits(rng, 5)}-2019", f"SN{digits(rng, 10)}",
                       f"ABC{digits(rng, 4)}-X{digits(rng, 2)}", f"692{digits(rng, 10)}"))  # fmt: skip


def make_division(rng: random.Random, _: Words) -> str:
    """A division code of twelve digits. 区划代码。"""
    return rng.choice(DIVISIONS) + digits(rng, 6)


NEGATIVES: Mapping[str, Callable[[random.Random, Words], str]] = {
    "order": make_order,
    "serial": make_serial,
    "case": make_case,
    "date": make_date,
    "ip": make_ip,
    "amount": make_amount,
    "product": make_product,
    "division": make_division,
    "company": lambda rng, words: rng.choice(words.companies),
    "place": lambda rng, words: rng.choice(words.places),
    "title": lambda rng, words: rng.choice(words.titles),
    "department": lambda rng, words: rng.choice(words.departments),
}
