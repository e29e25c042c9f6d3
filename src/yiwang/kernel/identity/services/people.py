"""Whom one may name: colleagues to choose from, and anybody found by name. 人员查找。

Names and posts are no secret among those who work with each other; the register of accounts stays
with the administrators. Whoever calls this has asked for the permission of their own pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.base.ids import is_id
from yiwang.kernel.identity.types import AccountInfo

from .accounts import find_accounts, get_accounts, list_accounts, list_namesakes

COLLEAGUES = 200
NAMESAKES = 20
AT_ONCE = 200
SHORTEST = 2


class Directory:
    """The people an actor may name, asked once and only where somebody needs them. 人员名录。"""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._names: dict[str, str] = {}

    @cached_property
    def people(self) -> list[AccountInfo]:
        """Those of the actor's organization, at most 200, by sign-in name. 本单位人员。"""
        if not self.actor.organization:
            return []
        found = list_accounts(SYSTEM, organization_code=self.actor.organization, limit=COLLEAGUES)
        return [one for one in found if one.locked_at is None]

    @property
    def is_asked(self) -> bool:
        """Whether somebody needed them: then a page offers their names. 是否需要人员。"""
        return "people" in self.__dict__

    def find(self, text: str) -> str:
        """The account id that a typed name means; see `find_person`. 解析姓名。"""
        known = {one.id: one.id for one in self.people} | {one.name: one.id for one in self.people}
        return known[text] if text in known else find_person(text).id

    def name(self, account: str) -> str:
        """The sign-in name to show for an account id; a typed name stays as typed. 显示账号名。"""
        if not is_id(account):
            return account
        if not self._names:
            self._names = {one.id: one.name for one in self.people}
        if account not in self._names:
            found = get_accounts([account]).get(account)
            self._names[account] = found.name if found else account
        return self._names[account]


def suggest_people(text: str) -> list[AccountInfo]:
    """People whose name holds what was typed so far, at most 20; nobody for less than 2 characters
    of a sign-in name. 人员提示。
    """
    text = text.strip()[:80]
    if not text or (text.isascii() and len(text) < SHORTEST):
        return []
    found = list_accounts(SYSTEM, text=text, limit=NAMESAKES)
    return [one for one in found if one.locked_at is None]


def find_person(text: str) -> AccountInfo:
    """The one person meant by a sign-in name, a full name or an account id. 按姓名查找人员。

    NotFound where nobody is called so, InvalidInput where several are: then the sentence lists
    their sign-in names.
    """
    found = find_people([text])[text]
    if isinstance(found, YiwangError):
        raise found
    return found


def find_people(texts: Iterable[str]) -> dict[str, AccountInfo | YiwangError]:
    """Whom each text means, or the error of `find_person`; nine queries for 200 texts. 批量查找人员。"""
    found: dict[str, AccountInfo | YiwangError] = {}
    for block in in_blocks(dict.fromkeys(texts), AT_ONCE):
        called = _list_called({text.strip() for text in block})
        found |= {text: _choose(text.strip(), called[text.strip()]) for text in block}
    return found


def _list_called(texts: set[str]) -> dict[str, list[AccountInfo]]:
    """By id, by sign-in name, by full name: what comes first holds."""
    ids = {text for text in texts if is_id(text)}
    firsts = get_accounts(ids) | find_accounts(texts - ids - {""})
    others = list_namesakes(texts - ids - {""} - firsts.keys())
    return {text: [firsts[text]] if text in firsts else others.get(text, []) for text in texts}


def _choose(text: str, called: list[AccountInfo]) -> AccountInfo | YiwangError:
    found = [one for one in called if one.kind == "person" and not one.locked_at]
    if not found:
        return NotFound(
            "identity.person.not_found", "Nobody here is called “%(name)s”", name=text[:80]
        )
    if len(found) > 1:
        return InvalidInput(
            "identity.person.namesakes",
            "Several people are called so; write the sign-in name: %(names)s",
            names=", ".join(f"{one.name} ({one.organization_name})" for one in found[:NAMESAKES]),
        )
    return found[0]
