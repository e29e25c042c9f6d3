"""Who asks: an account of every role, in organizations above, beside and below each other."""

from __future__ import annotations

from yiwang.kernel.base.act import ANONYMOUS, SYSTEM, Actor
from yiwang.kernel.identity import services as identity

ORGANIZATIONS = (
    ("B01", "市数据局", "", "bureau"),
    ("D01", "民政局", "", "department"),
    ("S01", "西湖街道", "D01", "street"),
    ("D02", "统计局", "", "department"),
)
CODES = [code for code, *_ in ORGANIZATIONS]
ACCOUNTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "engineer": ("B01", ("engineer",)),
    "director": ("B01", ("director",)),
    "steward": ("D01", ("steward",)),
    "low-steward": ("S01", ("steward",)),
    "viewer": ("D02", ("viewer",)),
    "low-viewer": ("S01", ("viewer",)),
    "both": ("D01", ("steward", "viewer")),
    "all-three": ("D02", ("director", "steward", "viewer")),
    "nobody": ("D01", ()),
    "sysadmin": ("B01", ("sysadmin",)),
    "secadmin": ("B01", ("secadmin",)),
    "auditor": ("B01", ("auditor",)),
}
BUSINESS = [
    "engineer",
    "director",
    "steward",
    "low-steward",
    "viewer",
    "low-viewer",
    "both",
    "all-three",
]
OUTSIDERS = ["nobody", "sysadmin", "secadmin", "auditor", "anonymous"]


def settle() -> dict[str, Actor]:
    """Organizations and accounts; the actor of each by name."""
    for code, name, parent, kind in ORGANIZATIONS:
        identity.create_organization(SYSTEM, code=code, name=name, parent_code=parent, kind=kind)
    return {name: _engage(name, *told) for name, told in ACCOUNTS.items()} | {
        "anonymous": ANONYMOUS
    }


def _engage(name: str, organization: str, roles: tuple[str, ...]) -> Actor:
    account, _ = identity.create_account(
        SYSTEM,
        name=name,
        organization_code=organization,
        password="Rain-on-the-roof-7",
        must_change_password=False,
    )
    for role in roles:
        identity.grant_role(SYSTEM, account.id, role)
    return identity.get_actor(account.id)
