"""Whom one may name: colleagues to choose from, and anybody found by name. 人员查找。"""

from __future__ import annotations

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.base.ids import is_id
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import AccountInfo

from .permissions import USE

COLLEAGUES = 200
NAMESAKES = 20
SHORTEST = 2


def list_colleagues(actor: Actor) -> list[AccountInfo]:
    """The people of the actor's organization, at most 200, by sign-in name. 本单位人员。

    Holders of `workflow.cases.use`. Names and posts are no secret among those who work on cases;
    the register of accounts stays with the administrators.
    """
    actor.require(USE)
    if not actor.organization:
        return []
    found = identity.list_accounts(SYSTEM, organization_code=actor.organization, limit=COLLEAGUES)
    return [one for one in found if one.locked_at is None]


def suggest_people(actor: Actor, text: str) -> list[AccountInfo]:
    """People whose name holds what was typed so far, at most 20; nobody for less than 2 characters
    of a sign-in name. 人员提示。

    Holders of `workflow.cases.use`.
    """
    actor.require(USE)
    text = text.strip()[:80]
    if not text or (text.isascii() and len(text) < SHORTEST):
        return []
    found = identity.list_accounts(SYSTEM, text=text, limit=NAMESAKES)
    return [one for one in found if one.locked_at is None]


def find_person(actor: Actor, text: str) -> AccountInfo:
    """The one person meant by a sign-in name, a full name or an account id. 按姓名查找人员。

    Holders of `workflow.cases.use`. NotFound where nobody is called so, InvalidInput where several
    are: then the sentence lists their sign-in names.
    """
    actor.require(USE)
    found = [one for one in _called(text.strip()) if one.kind == "person" and not one.locked_at]
    if not found:
        raise NotFound(
            "workflow.person.not_found", "Nobody here is called “%(name)s”", name=text[:80]
        )
    if len(found) > 1:
        raise InvalidInput(
            "workflow.person.namesakes",
            "Several people are called so; write the sign-in name: %(names)s",
            names=", ".join(f"{one.name} ({one.organization_name})" for one in found),
        )
    return found[0]


def _called(text: str) -> list[AccountInfo]:
    if not text:
        return []
    if is_id(text):
        return list(identity.get_accounts([text]).values())
    by_name = identity.find_account(text)
    if by_name is not None:
        return [by_name]
    near = identity.list_accounts(SYSTEM, text=text, limit=NAMESAKES)
    return [one for one in near if one.full_name == text]
