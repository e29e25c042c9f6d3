"""What only the operator at the machine may do to accounts. 运维人员的账号操作。

Whoever can run these can read the node's files anyway; the acts go into the ledger as the system's.
"""

from __future__ import annotations

import click

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import NotFound

from .frame import Answer, Session, command
from .words import t


@command("create-administrators")
def create_administrators(session: Session) -> Answer:  # noqa: ARG001
    """Make the three separated administrators of a new node. 创建三员账号。"""
    from yiwang.kernel.identity import services

    made = services.create_administrators(reason="yiwang create-administrators")
    lines = [_say(name, first) for name, first in made.items()]
    advice = t("Hand each first password over in person; it must be changed at first sign-in.")
    return Answer({"first_passwords": made}, [*lines, advice])


@command("reset-password")
@click.argument("account")
def reset_password(session: Session, *, account: str) -> Answer:  # noqa: ARG001
    """Unlock an account and give it a first password, an administrator's too. 重置账号口令。"""
    from yiwang.kernel.identity import services

    found = services.find_account(account)
    if found is None:
        raise NotFound("cli.account.unknown", "There is no account %(name)s", name=account)
    services.unlock_account(SYSTEM, found.id, reason="yiwang reset-password")
    first = services.reset_password(SYSTEM, found.id, reason="yiwang reset-password")
    return Answer({"account": found.name, "first_password": first}, [_say(found.name, first)])


def _say(account: str, first: str) -> str:
    return t("First password of %(account)s: %(password)s", account=account, password=first)
