"""Case types that modules bring along, published when a node is prepared. 内置流程发布。"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from importlib.resources import files

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import CaseTypeVersion
from yiwang.kernel.workflow.types import SHIPPED_TYPES, CaseType, ShippedType

from .publishing import find_newest, publish_text


def prepare_shipped() -> None:
    """Publish every shipped type that is new here, and open the cases that are missing. 准备内置流程。

    What the city published over a shipped type holds until the platform brings another version.
    Where all is as it was nothing is done, and nothing written.
    """
    for one in SHIPPED_TYPES.values():
        with suppress(_NothingNewError):
            _prepare(one)


class _NothingNewError(Exception):
    """Takes back an act in which nothing was done, with its row in the ledger."""


def _prepare(one: ShippedType) -> None:
    with acting(SYSTEM, "workflow.type.ship", on=Ref("workflow.type", one.code)) as act:
        is_new = not _is_published(one)
        if is_new:
            _ship(act, one)
        done = one.catch_up(act) if one.catch_up else 0
        if not (is_new or done):
            raise _NothingNewError


def find_shipped(act: Act, code: str) -> tuple[str, CaseType]:
    """The newest version of a shipped type, published now if it never was. 取内置流程。"""
    if not CaseTypeVersion.objects.filter(code=code).exists():
        _ship(act, SHIPPED_TYPES.get(code))
    return find_newest(code)


def _ship(act: Act, one: ShippedType) -> None:
    act.note(version=publish_text(act, read_shipped(one), name=one.file).version)


def _is_published(one: ShippedType) -> bool:
    digest = hashlib.sha256(read_shipped(one).encode()).hexdigest()
    return CaseTypeVersion.objects.filter(code=one.code, digest=digest).exists()


def read_shipped(one: ShippedType) -> str:
    """The file of a shipped type. 内置流程文件。"""
    return files(one.package).joinpath("case_types", one.file).read_text("utf-8")
