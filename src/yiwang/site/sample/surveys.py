"""A survey under way in the sample city: self-built houses of two streets. 示例摸排。"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Record
from yiwang.kernel.workflow import services as workflow

from .city import BUREAU

HOUSES = 12
STREETS = ["YZ-990102001", "YZ-990102002"]
USES = ("home", "let", "shop", "empty")


def load_sample_survey() -> None:
    """Install the app of surveys, register some houses, check two of them, ask eight communities. 装载示例摸排。

    What was installed already is left as it is.
    """
    engineer = _actor("zhao.gongcheng")
    if any(one.app == "survey" for one in apps.list_apps(engineer)):
        return
    apps.install_for(engineer, apps.read_shipped("survey"), owner=BUREAU, reason="示例")
    houses = _register(records.at_desk(_actor("he.shequ")), Random("survey"))  # noqa: S311 - a sample
    desk = records.at_desk(_actor("ma.wangge"))
    for at, house in enumerate(houses[:2]):
        records.create_record(desk, "survey.check", _check(house, at))
    until = today() + timedelta(days=20)
    workflow.start_case(
        engineer, "survey.ask",
        {"level": "community", "areas": STREETS,
         "until": until.isoformat(), "note": "逐户核对底册，发现隐患当场登记并拍照。"},
        title="自建房安全排查",
    )  # fmt: skip


def _register(desk: records.Desk, dice: Random) -> list[Record]:
    """Houses of one grid, kept by its community."""
    return [
        records.create_record(
            desk, "survey.house", _house(dice, at), organization="YZ-99010200100101"
        )
        for at in range(1, HOUSES + 1)
    ]


def _house(dice: Random, at: int) -> dict[str, Any]:
    return {
        "code": f"ZJF-{at:04d}", "address": f"东风路 {at * 2} 号",
        "owner": f"{dice.choice('赵钱孙李周吴郑王')}{dice.choice('安柏辰德恩芳')}{dice.choice('若清远昭')}",
        "phone": f"199{dice.randrange(10**8):08d}", "floors": dice.randrange(1, 6),
        "area": f"{dice.randrange(80, 420)}.00", "built": dice.randrange(1985, 2020),
        "use": USES[at % len(USES)],
        "place": f"{108.31 + dice.random() / 100:.6f},{22.81 + dice.random() / 100:.6f}",
    }  # fmt: skip


def _check(house: Record, at: int) -> dict[str, Any]:
    """The first as the register has it; the second has a storey more."""
    known = {key: house.values[key] for key in ("address", "floors", "area", "use", "owner")}
    if at:
        known |= {"floors": int(house.values["floors"]) + 1}
    told = {"risk": "some", "found": "顶层加建，无设计图纸"} if at else {"risk": "none"}
    return {"house": house.id, "people": 4 + at, **known, **told}


def _actor(name: str) -> Actor:
    account = identity.find_account(name)
    if account is None:
        raise LookupError(name)
    return identity.get_actor(account.id)
