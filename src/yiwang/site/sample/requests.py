"""What departments of the sample city asked each other for. 示例共享申请。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services as workflow
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.types import Method, Wanted

POOR, FIRMS = "民政局_低收入家庭.xlsx", "市场监管局_企业登记.csv"
PURPOSE = "核对低收入家庭成员名下企业，清退不符合条件的家庭"
DUTY = "《社会救助暂行办法》第五十八条：核对申请家庭的收入和财产状况"


def load_sample_requests(resources: Mapping[str, str]) -> None:
    """One request that was granted, and one that waits for its owner. 装载示例申请。"""
    market, civil = _actor("li.shichang"), _actor("wang.minzheng")
    if services.visible_requests(market).exists():
        return
    granted = services.make_request(
        market, resources[POOR], _wanted(resources[POOR], "eligibility")
    )
    for name in ("wang.minzheng", "zhao.gongcheng", "zhao.gongcheng"):
        _agree(name, granted.number)
    services.make_request(civil, resources[FIRMS], _wanted(resources[FIRMS], "enterprise"))


def _wanted(resource_id: str, kind: str) -> Wanted:
    columns = tuple(item.name for item in catalog.list_items(resource_id))[:4]
    return Wanted(
        columns=columns, purpose_kind=kind, purpose=PURPOSE, duty=DUTY,
        until=today() + timedelta(days=365), method=Method.FILE, volume=20_000,
    )  # fmt: skip


def _agree(name: str, number: str) -> None:
    """Agree, if the step that the case is at waits for this person."""
    actor = _actor(name)
    for line in workflow.list_box(actor, "todo").lines:
        if line.number == number:
            action = "grant" if line.node == "bureau" else "agree"
            workflow.act_on_task(actor, str(line.id), action)


def _actor(name: str) -> Actor:
    account = identity.find_account(name)
    if account is None:
        raise LookupError(name)
    return identity.get_actor(account.id)
