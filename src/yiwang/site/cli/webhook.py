"""Addresses outside on the command line. 外发地址命令。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from .frame import Answer, Session, command, group
from .words import t

webhook = group("webhook", "Addresses outside that hear of what happens here. 外发地址。")


@command("list", group=webhook)
def list_hooks(session: Session) -> Answer:
    """Every address and how it stands. 外发地址列表。"""
    from yiwang.kernel.notify import services

    found = [describe(one) for one in services.list_webhooks(session.actor)]
    return Answer({"webhooks": found}, [line_of(one) for one in found])


@command("kinds", group=webhook)
def kinds(session: Session) -> Answer:  # noqa: ARG001 - commands' shape
    """What an address can hear of. 可订阅的消息种类。"""
    from yiwang.kernel.notify.types import HOOK_KINDS

    found = {one.code: t(one.label) for one in HOOK_KINDS.values()}
    return Answer({"kinds": found}, [f"{code}  {label}" for code, label in found.items()])


@command("add", group=webhook)
@click.argument("label")
@click.argument("address")
@click.option("--kind", "kinds", multiple=True, required=True, help="What it hears of. 消息种类。")
@click.option("--organization", default="", metavar="ORG", help="Only of this one. 限定机构。")
def add(
    session: Session, *, label: str, address: str, kinds: Sequence[str], organization: str
) -> Answer:
    """Enter an address; its secret is printed once and never again. 登记外发地址。"""
    from yiwang.kernel.notify import services

    wanted = services.Wanted(label, address, kinds, organization)
    hook, secret = services.add_webhook(session.actor, wanted)
    return Answer(describe(hook) | {"secret": secret}, [line_of(describe(hook)), secret])


@command("test", group=webhook)
@click.argument("hook_id", metavar="ID")
def test(session: Session, *, hook_id: str) -> Answer:
    """Send a test message at once. 发送测试消息。"""
    from yiwang.kernel.notify import services

    answer = services.test_webhook(session.actor, hook_id)
    told = {"status": answer.status, "milliseconds": answer.milliseconds}
    line = t("The address took the test (%(status)s, %(milliseconds)s ms).", **told)
    return Answer(told, [line])


@command("switch", group=webhook)
@click.argument("hook_id", metavar="ID")
@click.argument("state", type=click.Choice(["on", "off"]))
def switch(session: Session, *, hook_id: str, state: str) -> Answer:
    """Turn an address on or off. 启用或停用。"""
    from yiwang.kernel.notify import services

    services.switch_webhook(session.actor, hook_id, on=state == "on")
    found = describe(services.get_webhook(session.actor, hook_id))
    return Answer(found, [line_of(found)])


@command("remove", group=webhook)
@click.argument("hook_id", metavar="ID")
def remove(session: Session, *, hook_id: str) -> Answer:
    """Remove an address with its secret. 删除外发地址。"""
    from yiwang.kernel.notify import services

    services.remove_webhook(session.actor, hook_id)
    return Answer({"removed": hook_id}, [t("It is removed, and its secret is destroyed.")])


@command("log", group=webhook)
@click.argument("hook_id", metavar="ID")
@click.option("--wanted", default="", help="Number, id or kind. 编号、消息标识或种类。")
@click.option("--came", type=click.Choice(["", "sent", "waits", "failed"]), default="")
def log(session: Session, *, hook_id: str, wanted: str, came: str) -> Answer:
    """What was sent to an address, with every try, the newest first. 外发记录。"""
    from yiwang.kernel.notify import services

    found = [
        {
            "message": one.message.pk,
            "kind": one.message.kind,
            "came": one.came,
            "tries": [
                {"at": try_.at.isoformat(), "status": try_.status, "failure": try_.failure}
                for try_ in one.attempts
            ],
        }
        for one in services.list_sent(session.actor, hook_id, came=came, wanted=wanted)  # type: ignore[arg-type]
    ]
    lines = [
        f"{one['message']}  {one['kind']}  {one['came']}  {len(one['tries'])}" for one in found
    ]
    return Answer({"messages": found}, lines)


def describe(hook: Any) -> dict[str, Any]:
    """An address for programs; never its secret. 外发地址摘要。"""
    from yiwang.kernel.notify.services import state_of

    return {
        "id": hook.pk,
        "label": hook.label,
        "address": hook.address,
        "kinds": hook.kinds,
        "organization": hook.organization,
        "state": state_of(hook),
        "failures": hook.failures,
    }


def line_of(one: dict[str, Any]) -> str:
    """An address for people. 外发地址一行。"""
    return f"{one['id']}  {one['state']}  {one['label']}  {one['address']}"
