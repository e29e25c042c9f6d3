"""What identity tells the house at start. 身份登记。"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.base.act import Actor, set_actor_source
from yiwang.kernel.base.permissions import Scope, declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger.services import set_actor_labels
from yiwang.kernel.ui import frame

from . import services, types

ALL: Scope = "all"
EVERYBODY = dict.fromkeys(types.ROLES, ALL)
ADMINISTRATORS = dict.fromkeys(sorted(types.ADMINISTRATORS), ALL)
SYSADMIN = {"sysadmin": ALL}
SECADMIN = {"secadmin": ALL}


def _declare(name: str, label: str, roles: Mapping[str, Scope]) -> None:
    declare_permission(name, label, roles, touches_business_data=False)


_declare(types.VIEW_ORGANIZATIONS, msg("See organizations"), EVERYBODY)
_declare(types.EDIT_ORGANIZATIONS, msg("Add and change organizations"), SYSADMIN)
_declare(types.VIEW_ACCOUNTS, msg("See accounts"), ADMINISTRATORS)
_declare(types.EDIT_ACCOUNTS, msg("Add and change accounts and posts"), SYSADMIN)
_declare(types.LOCK_ACCOUNTS, msg("Lock accounts"), SYSADMIN | SECADMIN)
_declare(types.UNLOCK_ACCOUNTS, msg("Unlock accounts"), SECADMIN)
_declare(types.RESET_PASSWORDS, msg("Reset passwords"), SECADMIN)
_declare(types.GRANT_ROLES, msg("Grant and revoke roles"), SECADMIN)

set_actor_source(services.get_actor)


def _label(actor: Actor) -> frame.AccountLabel:
    name = services.name_accounts([actor.id]).get(actor.id, "")
    return frame.AccountLabel(name, services.name_organization(actor.organization))


set_actor_labels(services.name_accounts)
frame.set_account_label(_label)
frame.add_account_menu("identity:profile", msg("My account"))
frame.add_account_menu("identity:tokens", msg("My tokens"))
frame.add_account_menu("identity:sign_out", msg("Sign out"), post=True)
