"""The apps that the sample city uses: street shops; rooms and vehicles. 示例应用。"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.services.testing import find_task_for

from .city import BUREAU

OWNER = "YZ-SCJG"
MATTER = "对全市养老机构食堂开展食品安全专项检查，建立问题清单，限期整改，形成长效机制。"
SHOPS = 36
KINDS = ("food", "retail", "service")
NAMES = {
    "food": ("面馆", "酒家", "小吃"),
    "retail": ("便利店", "文具店", "五金店"),
    "service": ("理发店", "洗衣店", "照相馆"),
}
BRANDS = "云岭湖畔青禾晨星远帆北溪东源恒泰瑞丰嘉禾明德锦程"


def load_sample_apps() -> None:
    """Install the apps of the sample city, and fill them. 装载示例应用。

    What was installed already is left as it is.
    """
    engineer = _actor("zhao.gongcheng")
    standing = {one.app for one in apps.list_apps(engineer)}
    if "shops" not in standing:
        _load_shops(engineer)
    if "rooms" not in standing:
        apps.install_for(engineer, apps.read_shipped("rooms"), owner=BUREAU, reason="示例")
        apps.load_sample(engineer, "rooms")
    if "supervise" not in standing:
        _load_supervision(engineer)


def _load_shops(engineer: Actor) -> None:
    """Street shops for market supervision, and a case in hand. 沿街商户。"""
    steward = _actor("li.shichang")
    apps.install_for(engineer, apps.read_shipped("shops"), owner=OWNER, reason="示例")
    _fill(records.at_desk(steward), Random("shops"))  # noqa: S311 - a sample
    workflow.start_case(
        steward, "shops.permit", {"shop": "S-0001", "purpose": "周年店庆外摆", "days": 5},
        title="临时占道：周年店庆外摆",
    )  # fmt: skip


def _load_supervision(engineer: Actor) -> None:
    """The director assigns one matter to three departments, and the lead reports."""
    apps.install_for(engineer, apps.read_shipped("supervise"), owner=BUREAU, reason="示例")
    case = workflow.start_case(
        _actor("sun.juzhang"), "supervise.item",
        {"content": MATTER, "source": "meeting", "leads": [OWNER],
         "helpers": ["YZ-MZJ", "YZ-TJJ"], "term": 15},
        title="养老机构食品安全专项整治",
    )  # fmt: skip
    steward = _actor("li.shichang")
    task = find_task_for(steward, case.pk)
    workflow.report(steward, task, {"percent": 40, "said": "已检查 23 家，整改 6 个问题。"})


def _fill(desk: records.Desk, dice: Random) -> None:
    sections = [
        records.create_record(
            desk, "shops.section", {"code": f"L-{at}", "name": f"{name}路", "length": "820.5"}
        )
        for at, name in enumerate(("东湖", "清河", "文昌"), 1)
    ]
    for at in range(1, SHOPS + 1):
        shop = _draw(dice, at, sections[at % 3].id)
        made = records.create_record(desk, "shops.shop", shop)
        if at % 4 == 0:
            records.create_record(desk, "shops.visit", _visit(dice, made.id))


def _draw(dice: Random, at: int, section: str) -> dict[str, Any]:
    kind = KINDS[at % 3]
    state = "closed" if at % 11 == 0 else "paused" if at % 7 == 0 else "open"
    opened = today() - timedelta(days=dice.randrange(60, 3000))
    return {
        "code": f"S-{at:04d}", "kind": kind, "state": state, "section": section,
        "name": f"{dice.choice(BRANDS)}{dice.choice(BRANDS)}{dice.choice(NAMES[kind])}",
        "keeper": f"{dice.choice('赵钱孙李周吴郑王')}{dice.choice('安柏辰德恩芳')}{dice.choice('若清远昭')}",
        "phone": f"199{dice.randrange(10**8):08d}", "area": f"{dice.randrange(12, 180)}.5",
        "rent": f"{dice.randrange(40, 200)}", "opened": opened.isoformat(),
        "closed": (today() - timedelta(days=20)).isoformat() if state == "closed" else None,
        "place": f"{108.30 + dice.random() / 20:.6f},{22.80 + dice.random() / 20:.6f}",
        "seats": dice.randrange(8, 60) if kind == "food" else None,
    }  # fmt: skip


def _visit(dice: Random, shop: str) -> dict[str, Any]:
    day = today() - timedelta(days=dice.randrange(0, 25))
    mends = dice.random() < 0.5
    return {
        "shop": shop, "day": day.isoformat(), "result": "mend" if mends else "good",
        "found": "门前堆放杂物" if mends else "未见问题",
        "until": (day + timedelta(days=10)).isoformat() if mends else None,
    }  # fmt: skip


def _actor(name: str) -> Actor:
    account = identity.find_account(name)
    if account is None:
        raise LookupError(name)
    return identity.get_actor(account.id)
