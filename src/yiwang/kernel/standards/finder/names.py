"""Persons' names, by how much each character speaks for one and by the words beside. 姓名识别。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from .types import Span

UNKNOWN = -9
COMPOUND = "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|司空|端木|南宫|独孤|百里|呼延|西门"
HAN = "一-鿿㐀-䶿"
# Words after which a name stands. A surname alone must follow, so that few words are enough.
BEFORE = (
    "我名叫|我叫|我是|本人|名叫|名为|叫|姓名|名字|户名|户主|业主|住户|居民|村民|市民|网友|群众|职工|员工|学生|家长|学员|考生"
    "|联系人|申请人|负责人|代表人|法人|当事人|投诉人|举报人|反映人|来访人|来信人|来电人|咨询人|求助人|收件人|寄件人|收货人"
    "|开户人|持卡人|持证人|经办人|受托人|委托人|监护人|承租人|出租人|报案人|嫌疑人|被害人|受害人|证人|原告|被告|死者|伤者"
    "|患者|病人|司机|车主|驾驶员|房东|租客|租户|邻居|同事|老板|店主|父亲|母亲|妻子|丈夫|儿子|(?<!妇)女儿|爱人|老人|小孩|孩子"
    "|签名|署名|落款|此致|敬礼|同志|先生|女士|老师|医生|主任|局长|书记|科长|校长|队长|经理"
)
AFTER = (
    r"[，,、 ]?[男女](?=[，,、。 ；;]|$)|[，,、 ]?(?:手机|电话|联系|身份证|公民身份|证件号|住址|家住|住在|居住)"
    r"|同志|先生|女士|[（(](?:身份|电话|手机|男|女|1[3-9]|[0-9]{15})|[，,：:、 ]{0,2}(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])"
    "|反映|来电|来信|来访|投诉|举报|咨询|求助|敬上|于[0-9]"
)
TITLES = (
    "女士|先生|小姐|太太|同志|老师|师傅|医生|大夫|护士|律师|警官|法官|教授|老板|经理|主任|书记|局长|处长|科长|市长|县长|区长|镇长|乡长"
    "|村长|厅长|部长|院长|校长|所长|站长|队长|组长|班长|行长|会长|董事|总|某|姓|氏|家|工|队|哥|姐|叔|伯|阿姨|大爷|大妈|奶奶|爷爷"
)
NOT_NAMES = frozenset(
    re.findall(
        r"\S+",
        """
    沈阳 马鞍山 石家庄 张家口 张家界 张家港 黄石 黄山 黄冈 黄河 常州 常德 江门 江苏 江西 温州 梅州 金华 唐山 安阳 安康 安庆 宁波 武汉 成都 连云港 乐山 万州 万达
    万科 高峰 高兴 高速 白云 白天 康复 康庄 陈述 周末 周边 周围 周一 周二 周三 周四 周五 周六 周日 雷锋 高中 房地产 马路 路灯 路面 严重 任何 何时 方便 平安
    安全 安静 文明 文化 时间 时候 应该 黄金 曾经 于是 关于 关心 高新 高新区 林业 水利 金融 项目 常委 明确 明天 温暖 成立 成功 和谐 国家 解决 管理 计划 支持
    花园 丰富 祝福 祝您 谢谢 许多 许可 程度 车辆 易地 金额 石油 石子 江南 明年 童年 单位 包括 华润 华夏 东方 阳光 广东 广西 广场 云南 海南 尚未 相关 幸福 向上
    古城 柳州 杭州 苏州 郑州 徐州 滕州 邓州 彭州 钦州 贺州 贵州 鄂州 荆州 桂林 钟山 钟楼 岳阳 岳麓 景区 景德镇 牛奶 花卉 宫殿 龙华 龙岗 龙泉 罗湖 郎溪 项城
    """,
    )
)
OPEN = re.compile(r"$|[\s，,。；;：:、！!？?（(\[【“\"'|/<>《—\-]")
SHUT = re.compile(r"$|[\s，,。；;：:、！!？?）)\]】”\"'|/<>》—\-]")
DOTTED = re.compile(f"(?<![{HAN}])[{HAN}]{{1,8}}(?:[·•・][{HAN}]{{1,8}}){{1,3}}(?![{HAN}·])")
LEAD = re.compile(f"(?:{BEFORE})[ ]?(?:[是为叫姓名：:（( \t]{{0,3}})\\Z")
LEAD_ENDS = frozenset("是为叫姓名：:（( \t" + "".join(word[-1] for word in BEFORE.split("|")))
TRAIL = re.compile(AFTER)
TITLED = re.compile(TITLES)
LED = re.compile(f"[{HAN}]{{0,5}}(?:{BEFORE})[是为叫]?(?=[{HAN}])")
NO_NAME = re.compile("[不没的在于来说要向被将已男女住电手身是和与及反投同]")
# What says that a name follows, not only a person.
NAMED = re.compile("[叫名：:]")
LONGEST_LEAD = 9
SURE = 100
LEAST = -6
"""Below this no word beside helps. 最低分。"""


@dataclass(frozen=True, slots=True)
class Weights:
    """Scores of characters as a surname and in given names. 用字权重。"""

    surnames: dict[str, int]
    given: dict[str, int]
    candidate: re.Pattern[str]


@cache
def weights() -> Weights:
    """The table of the package. 权重表。"""
    tables = yaml.safe_load(files(__package__).joinpath("names.yaml").read_text("utf-8"))
    surnames, given = (
        {one: score for score, characters in tables[name].items() for one in characters}
        for name in ("surnames", "given")
    )
    surnames |= dict.fromkeys(COMPOUND.split("|"), 8)
    single = "".join(one for one in surnames if len(one) == 1)
    pattern = f"(?:{COMPOUND}|[{single}])(?=[{HAN}])"
    return Weights(surnames, given, re.compile(pattern))


def find_names(text: str) -> Iterator[Span]:
    """Names in a text; sure where a word beside says so. 查找姓名。"""
    at = 0
    if "·" in text or "•" in text:
        yield from _find_dotted(text)
    for match in weights().candidate.finditer(text):
        if match.start() < at:
            continue
        found = _judge(text, match.start(), match.end())
        if found is not None:
            at = found.end
            yield found


def is_name(text: str) -> bool:
    """Whether a whole cell reads as a name. 单元格是否姓名。"""
    if DOTTED.fullmatch(text):
        return True
    found = weights().candidate.match(text)
    if found is None or not 1 <= len(text) - found.end() <= 2 or text in NOT_NAMES:
        return False
    given = text[found.end() :]
    if TITLED.match(given):
        return False
    return weights().surnames[found[0]] + _score(given) >= 4


def _judge(text: str, start: int, middle: int) -> Span | None:
    """The likelier of a given name of two characters and of one. 判定。"""
    rest = text[middle : middle + 2]
    best, best_total = None, 0
    for length in range(1, len(rest) + 1):
        given = rest[:length]
        if given[-1] not in weights().given:
            continue
        end = middle + length
        total = _total(text, start, middle, end)
        if total > best_total and text[start:end] not in NOT_NAMES:
            best, best_total = end, total
    if best is None or TITLED.match(text, middle):
        return None
    return Span("person_name", start, best, sure=best_total >= SURE)


def _total(text: str, start: int, middle: int, end: int) -> int:
    """The scores of the characters, 100 more where a word beside speaks for a name; else 0. 计分。"""
    plain = weights().surnames[text[start:middle]] + _score(text[middle:end])
    before = text[start - 1] if start else ""
    led = before in LEAD_ENDS and _is_led(text, start)
    opened = OPEN.match(before) is not None
    if plain < LEAST or not (led or opened):
        return 0
    shut = SHUT.match(text, end) is not None
    trailed = TRAIL.match(text, end) is not None
    beside = plain + 4 * shut + 4 * trailed
    if led and beside >= (2 if NAMED.search(text, max(0, start - 3), start) else 9):
        return SURE + beside
    if trailed and opened and plain >= 8:
        return SURE + plain
    return plain if opened and shut and plain >= 14 else 0


def _find_dotted(text: str) -> Iterator[Span]:
    """Names with a dot inside, without the words that run into them. 含间隔号姓名。"""
    for match in DOTTED.finditer(text):
        lead = LED.match(match[0])
        start = match.start() + (lead.end() if lead else 0)
        last = match[0].rfind("·")
        tail = NO_NAME.search(match[0], last + 1)
        end = match.start() + tail.start() if tail else match.end()
        yield Span("person_name", start, end, sure=bool(lead) or _beside(text, start, end))


def _beside(text: str, start: int, end: int) -> bool:
    return _is_led(text, start) or TRAIL.match(text, end) is not None


def _is_led(text: str, start: int) -> bool:
    """Whether a word stands before after which names stand. 前有提示词。"""
    return LEAD.search(text[max(0, start - LONGEST_LEAD) : start]) is not None


def _score(given: str) -> int:
    return sum(weights().given.get(one, UNKNOWN) for one in given)
