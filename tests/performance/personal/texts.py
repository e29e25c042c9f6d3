"""Labelled letters and columns. 标注文本与列。

A template names kinds in braces; `{!kind}` is a thing that only looks like personal data.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .values import HELD, MAKERS, NEGATIVES, TUNING, Words

PLACE = re.compile(r"\{(!?)(\w+)\}")

TUNING_TEMPLATES = (
    "我叫{person_name}，电话{mobile_phone}，住{address}，楼上漏水一直没人管。",
    "您好，我是{person_name}，身份证号{resident_id}，请问社保卡什么时候能领？",
    "本人{person_name}，联系电话：{phone}，反映{address}门前路灯不亮。",
    "联系人：{person_name}；手机：{mobile_phone}；邮箱：{email}",
    "车牌号{plate_number}的车长期占用消防通道，车主{person_name}不肯挪车。",
    "请把补贴打到我的银行卡{bank_card}，户名{person_name}。",
    "该公司统一社会信用代码为{credit_code}，法定代表人{person_name}，电话{phone}。",
    "护照号码{passport}，持证人{person_name}，请尽快办理。",
    "{person_name}，男，{mobile_phone}，{address}。",
    "来访人{person_name}（身份证：{resident_id}）要求退还押金{!amount}。",
    "如有疑问请致电{phone}或发邮件到{email}。",
    "{person_name}同志反映{!department}办事拖拉，{!title}答复说再等等。",
    "订单号{!order}，流水号{!serial}，至今没有退款，请{!department}处理。",
    "{!title}您好，{!case}的判决何时执行？",
    "根据{!case}，{!company}应于{!date}前缴清{!amount}。",
    "设备编号{!product}，服务器地址{!ip}，区划代码{!division}。",
    "{!place}到{!place}的公交车什么时候开通？{!title}在{!date}说过年底前。",
    "{!title}在会上讲，{!place}的道路由{!company}负责，时间是{!date}。",
    "感谢{!title}！问题已经解决，时间{!date}，编号{!product}。",
    "小区停车费从{!amount}涨到{!amount}，{!company}没有公示，时间是{!date}。",
    "希望领导高度重视，马上安排人员平整道路，于年底前全部完成，方便群众出行。",
    "经查，{!company}已于{!date}整改，罚款{!amount}，文号{!case}。",
)
HELD_TEMPLATES = (
    "尊敬的领导：我名叫{person_name}，手机号码是{mobile_phone}，家住{address}，孩子上学遇到困难。",
    "市民{person_name}来电咨询，公民身份号码{resident_id}，想了解公租房申请条件。",
    "业主{person_name}（电话{mobile_phone}）投诉物业，地址：{address}。",
    "姓名：{person_name} 证件号：{resident_id} 联系方式：{mobile_phone} E-mail：{email}",
    "昨晚{plate_number}在小区门口撞了人，司机叫{person_name}，请查处。",
    "退款账户：{bank_card}，开户人：{person_name}，请核实。",
    "企业代码{credit_code}，负责人{person_name}，座机{phone}，注册在{address}。",
    "申请人{person_name}持护照{passport}于{!date}入境。",
    "收件人{person_name}，{mobile_phone}，{address}",
    "投诉人：{person_name}，女，身份证{resident_id}，工资{!amount}被拖欠。",
    "我的号码{mobile_phone}，座机{phone}，邮箱{email}，随时可以联系。",
    "患者{person_name}向{!department}反映，{!title}未按规定收费。",
    "快递单号{!serial}，交易号{!order}，平台一直不处理，请{!department}介入。",
    "请问{!title}，{!case}什么时候开庭？",
    "{!company}依据{!case}在{!date}补缴税款{!amount}。",
    "资产条码{!product}，网关{!ip}，村居代码{!division}，请更新台账。",
    "从{!place}去{!place}的高速何时通车？{!title}曾于{!date}答复。",
    "{!title}主持会议，{!company}和{!department}参加，地点在{!place}。",
    "多谢{!title}协调，{!date}已通水，工单{!product}可以关闭。",
    "物业费每月{!amount}，{!company}收费后不开票，{!date}起一直如此。",
    "建议增加公交班次，延长运营时间，高峰期安排专人疏导，方便学生和老人乘车。",
    "{!department}回复：{!company}已停业，处罚{!amount}，见{!case}。",
)


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled piece of a text. 标注。"""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text with all that is personal in it. 标注文本。"""

    text: str
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a column and the kinds that it truly holds. 标注列。"""

    name: str
    values: tuple[str, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Half:
    """Templates, words and a seed. 一半样本。"""

    templates: tuple[str, ...]
    words: Words
    seed: int


HALVES = {
    "tuning": Half(TUNING_TEMPLATES, TUNING, 20_240_501),
    "held": Half(HELD_TEMPLATES, HELD, 77_310_009),
}


def fill(template: str, rng: random.Random, words: Words) -> Text:
    """A template with its places filled and labelled. 填充模板。"""
    parts: list[str] = []
    labels: list[Label] = []
    length, at = 0, 0
    for place in PLACE.finditer(template):
        plain = template[at : place.start()]
        value = (NEGATIVES if place[1] else MAKERS)[place[2]](rng, words)
        length += len(plain)
        if not place[1]:
            labels.append(Label(place[2], length, length + len(value)))
        parts += [plain, value]
        length, at = length + len(value), place.end()
    parts.append(template[at:])
    return Text("".join(parts), tuple(labels))


def make_texts(half: str, count: int) -> Iterator[Text]:
    """Letters of one half, every template equally often, up to three run together. 生成文本。"""
    chosen = HALVES[half]
    rng = random.Random(chosen.seed)
    for number in range(count):
        text = fill(chosen.templates[number % len(chosen.templates)], rng, chosen.words)
        for _ in range(rng.choice((0, 0, 1, 2))):
            text = join(text, fill(rng.choice(chosen.templates), rng, chosen.words))
        yield text


def join(first: Text, second: Text) -> Text:
    """Two texts as one. 拼接。"""
    shift = len(first.text) + 1
    moved = [Label(one.kind, one.start + shift, one.end + shift) for one in second.labels]
    return Text(first.text + "\n" + second.text, (*first.labels, *moved))


def make_columns(half: str, count: int, rows: int = 200) -> Iterator[Column]:
    """Columns of one half: pure ones of each kind, look-alikes, and texts with a few hits. 生成列。"""
    chosen = HALVES[half]
    rng = random.Random(chosen.seed + 1)
    plain = [one for one in chosen.templates if not re.search(r"\{[^!]", one)]
    for _ in range(count):
        for kind, make in MAKERS.items():
            values = [make(rng, chosen.words) if rng.random() < 0.95 else "" for _ in range(rows)]
            yield Column(kind, tuple(values), frozenset({kind}))
        for name, make in NEGATIVES.items():
            values = [make(rng, chosen.words) for _ in range(rows)]
            yield Column(name, tuple(values), frozenset())
        yield _remarks(chosen, plain, rng, rows, share=0.0)
        yield _remarks(chosen, plain, rng, rows, share=0.05)


def _remarks(
    half: Half, plain: list[str], rng: random.Random, rows: int, *, share: float
) -> Column:
    found = [
        fill(rng.choice(half.templates if rng.random() < share else plain), rng, half.words)
        for _ in range(rows)
    ]
    kinds = frozenset(label.kind for one in found for label in one.labels)
    return Column("remarks", tuple(one.text for one in found), kinds)
