"""Puts the sample city into an empty node. 装载示例城市。"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Code, CodeSetVersion

from .city import (
    ACCOUNTS,
    BUREAU,
    CITY,
    CITY_CODE,
    DISTRICTS,
    PROVINCE,
    PROVINCE_CODE,
    SampleAccount,
    list_sample_organizations,
    list_streets,
)

REASON = msg("Sample city")
DIVISIONS = "sample_division"
WORDS = ("yunling", "donghu", "xiling", "nanpu", "beixi", "yunhe", "qinghe", "wenchang")


@dataclass(frozen=True, slots=True)
class SampleSignIn:
    """How a visitor signs in as one of the sample's people. 示例登录。"""

    name: str
    password: str
    role: str
    organization: str
    purpose: str


def is_sample_loaded() -> bool:
    """Whether the sample city stands here already. 是否已装载。"""
    return bool(identity.get_organizations([BUREAU]))


def load_sample_city(password: str = "") -> list[SampleSignIn]:
    """Make the city's organizations and accounts; give their sign-ins. 装载示例机构与账号。

    One password for all of them, drawn where none is given; it is shown this once. What stands
    already is left as it is, and accounts that stand already are not in the answer.
    """
    standing = identity.get_organizations(one.code for one in list_sample_organizations())
    for one in list_sample_organizations():
        if one.code not in standing:
            identity.create_organization(
                SYSTEM,
                code=one.code,
                name=one.name,
                parent_code=one.parent_code,
                kind=one.kind,
                short_name=one.short_name,
                region_code=one.region_code,
                reason=REASON,
            )
    secret = password or draw_sample_password()
    missing = [one for one in ACCOUNTS if identity.find_account(one.name) is None]
    signs = [_create(one, secret) for one in missing]
    _import_divisions()
    return signs


def sample_divisions() -> CodeSetVersion:
    """The division codes of the fictional city, which no other node knows. 示例区划代码。"""
    codes = [Code(PROVINCE_CODE, PROVINCE), Code(CITY_CODE, CITY, PROVINCE_CODE)]
    codes += [Code(code, name, CITY_CODE) for code, name in DISTRICTS.items()]
    codes += [Code(one.code, one.name, one.county_code) for one in list_streets()]
    return CodeSetVersion(
        code_set=DIVISIONS,
        version="1",
        zh="示例城市区划代码",
        en="Divisions of the sample city",
        source_standard="示例",
        valid_from=date(2020, 1, 1),
        valid_until=None,
        codes={code.code: code for code in codes},
    )


def _import_divisions() -> None:
    """The code set, and the division element bound to it, both in the city's layer. 导入区划。"""
    if any(version.code_set == DIVISIONS for version in standards.list_code_sets()):
        return
    engineer = next(one for one in ACCOUNTS if one.role == "engineer")
    account = identity.find_account(engineer.name)
    if account is None:
        return
    actor, divisions = identity.get_actor(account.id), sample_divisions()
    standards.import_code_set(actor, standards.dump_code_set(divisions), reason=REASON)
    changes = {"code_set": DIVISIONS}
    standards.edit_element(actor, "division_code", changes=changes, reason=REASON)


def draw_sample_password() -> str:
    """A password that can be read out and typed. 随机口令。"""
    return (
        f"{secrets.choice(WORDS).title()}-{secrets.choice(WORDS)}-{secrets.randbelow(9000) + 1000}"
    )


def _create(one: SampleAccount, password: str) -> SampleSignIn:
    account, first = identity.create_account(
        SYSTEM,
        name=one.name,
        full_name=one.full_name,
        organization_code=one.organization,
        title=one.title,
        password=password,
        must_change_password=False,
        reason=REASON,
    )
    identity.grant_role(SYSTEM, account.id, one.role, reason=REASON)
    return SampleSignIn(one.name, first, one.role, one.organization, one.purpose)
