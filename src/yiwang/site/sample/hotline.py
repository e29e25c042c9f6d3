"""The 12345 desk of the sample city: categories, who is in charge, invented letters. 示例诉求。

Every letter is invented; the categories are a few of our own, in the shape of the three levels that
cities use.
"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.texts import services as texts
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.services.testing import find_task_for

OWNER = "YZ-MZJ"
"""Whose people keep the desk in the sample: where it has a clerk and a steward. 示例受理机构。"""
DUTIES = {
    "城乡建设": "YZ-ZJJ",
    "城乡建设/市政管理": "YZ-CGJ",
    "商贸旅游": "YZ-SCJG",
    "教育文体": "YZ-JYJ",
    "社会保障": "YZ-RSJ",
}
LETTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "城乡建设/市政管理/路灯照明": (
        ("清河路路灯不亮", "清河路中段五盏路灯坏了一周，晚上接孩子看不清路。"),
        ("请求文昌巷安装路灯", "文昌巷里一盏路灯也没有，老人晚上出门容易摔倒。"),
        ("东湖公园门口路灯昏暗", "公园门口的路灯太暗，请检修更换。"),
        ("北溪桥路灯白天亮晚上灭", "桥上的路灯时间设反了，浪费电。"),
        ("云岭社区路灯损坏", "社区后门路灯杆被撞歪，灯也不亮。"),
    ),
    "城乡建设/市政管理/环境卫生": (
        ("垃圾清运不及时", "西岭小区门口垃圾两天没有清运，气味难闻。"),
        ("背街小巷垃圾成堆", "南浦街后巷垃圾堆了半个月没人扫。"),
        ("公共厕所卫生差", "菜场旁边公厕没有人打扫。"),
        ("建筑垃圾乱倒", "有人夜里把装修垃圾倒在河边。"),
        ("垃圾桶太少", "文昌路一公里只有一个垃圾桶。"),
    ),
    "城乡建设/住房管理/物业服务": (
        ("物业擅自涨停车费", "锦绣小区物业没有征求业主意见就涨停车费。"),
        ("电梯坏了物业不修", "三栋电梯停了十天，物业说没有钱修。"),
        ("物业不公布收支", "业主要求公布公共收益，物业一直不理。"),
        ("小区保安态度差", "物业保安不让快递进门，也不解释。"),
        ("物业费收费标准咨询", "想了解小区物业费的收费标准是多少。"),
    ),
    "商贸旅游/市场监管/商品质量": (
        ("超市牛奶过期", "在便利店买的牛奶已经过期三天。"),
        ("菜场缺斤少两", "买两斤排骨回家称只有一斤七两。"),
        ("网购家电是假货", "商家卖的电饭煲是仿冒品，不肯退货。"),
        ("餐馆用变质食材", "面馆的牛肉有异味，吃完拉肚子。"),
        ("理发店预付卡不退", "理发店关门，办的卡不退钱。"),
    ),
    "教育文体/招生入学/学区划分": (
        ("咨询小学学区划分", "滨河小区今年划到哪所小学？"),
        ("外来务工子女入学", "在本市打工三年，孩子上小学要什么材料？"),
        ("幼儿园报名难", "小区幼儿园名额太少，报不上名。"),
        ("希望增加初中学位", "东湖片区初中班额太大，希望新建学校。"),
    ),
    "社会保障/养老保险/关系转移": (
        ("养老保险转移咨询", "从外省回来工作，养老保险怎么转回本市？"),
        ("退休金少算工龄", "退休核定少算了四年工龄，请求更正。"),
        ("灵活就业参保", "没有单位，个人怎么交养老保险？"),
        ("社保卡密码忘了", "社保卡密码忘记，去哪里重置？"),
    ),
}
OPEN = (
    ("请尽快修理清河路的路灯", "清河路中段五盏路灯坏了一周，晚上接孩子看不清路，请尽快修理。", "help", "清河路"),
    ("清河路路灯坏了", "清河路中段五盏路灯坏了一周，晚上接孩子看不清路，请尽快派人修理。", "help", "清河路"),
    ("咨询养老保险转移", "从外省回来工作，想咨询养老保险怎么转回来。", "question", "文昌路"),
)  # fmt: skip
ANSWERED = (
    ("便利店卖过期面包", "东湖路便利店昨天卖给我的面包已经过期两天。", "complaint", "东湖路"),
    "商贸旅游/市场监管/商品质量",
    "已到店检查，过期食品下架封存，立案处理。",
)
"""One letter that went the whole way, so that the figures of the desk say something. 已办结诉求。"""


def load_sample_hotline() -> None:
    """Install the app of 12345 requests, label some letters, train on them, have four in hand. 装载示例诉求。

    What was installed already is left as it is.
    """
    engineer = _actor("zhao.gongcheng")
    if any(one.app == "hotline" for one in apps.list_apps(engineer)):
        return
    apps.install_for(engineer, apps.read_shipped("hotline"), owner=OWNER, reason="示例")
    desk = records.at_desk(engineer)
    for category in LETTERS:
        levels = zip(("first", "second", "third"), category.split("/"), strict=True)
        records.create_record(desk, "hotline.category", dict(levels))
    for category, department in DUTIES.items():
        duty = {"category": category, "department": department}
        records.create_record(desk, "hotline.duty", duty)
    answered = records.at_desk(_actor("wang.minzheng"))
    records.add_records(answered, "hotline.letter", _closed_letters(), reason="示例")
    texts.train_model(engineer, "hotline.letter", reason="示例")
    for letter in OPEN:
        _take(letter)
    _answer(*ANSWERED)
    texts.sort_texts("hotline.letter")


def _take(letter: tuple[str, str, str, str]) -> str:
    """The id of a case that the clerk starts from a letter. 受理诉求。"""
    told = dict(zip(("title", "body", "kind", "place"), letter, strict=True))
    return workflow.start_case(
        _actor("chen.chayue"), "hotline.request", told, title=letter[0]
    ).pk  # fmt: skip


def _answer(letter: tuple[str, str, str, str], category: str, reply: str) -> None:
    """Sorted by the desk, answered by market supervision, closed by the desk. 办结诉求。"""
    case = _take(letter)
    for name, action, told in (
        ("wang.minzheng", "sent", {"category": category}),
        ("li.shichang", "answered", {"reply": reply}),
        ("wang.minzheng", "closed", {}),
    ):
        actor = _actor(name)
        workflow.act_on_task(actor, find_task_for(actor, case), action, data=told)


def _closed_letters() -> list[dict[str, object]]:
    found = [(category, *one) for category, many in LETTERS.items() for one in many]
    return [
        {
            "number": f"L-{at:04d}", "title": title, "body": body, "category": category,
            "state": "closed", "kind": "question" if "咨询" in title else "complaint",
            "arrived": (now() - timedelta(days=120 - 2 * at)).isoformat(),
            "replied": (now() - timedelta(days=117 - 2 * at)).isoformat(),
            "reply": "已核实处理，感谢来信。",
        }
        for at, (category, title, body) in enumerate(found, 1)
    ]  # fmt: skip


def _actor(name: str) -> Actor:
    account = identity.find_account(name)
    if account is None:
        raise LookupError(name)
    return identity.get_actor(account.id)
