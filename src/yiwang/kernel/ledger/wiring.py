"""What the ledger registers at start. 台账登记项。"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu

from .services.guards import install_guards
from .types import READ

declare_permission(READ, msg("Read the ledger"), {"auditor": "all"}, touches_business_data=False)
add_menu(
    "ledger:list",
    msg("Ledger"),
    section=msg("Audit"),
    permission=READ,
    order=800,
    icon="book",
)


def guard_tables(**_: Any) -> None:
    """Put the guards back after migrations. 迁移后恢复触发器。"""
    install_guards()


post_migrate.connect(
    guard_tables, sender=apps.get_app_config("ledger"), dispatch_uid="ledger.guard_tables"
)
