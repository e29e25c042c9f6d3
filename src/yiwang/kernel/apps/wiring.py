"""What apps register at start. 登记项。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger.services import guard_table
from yiwang.kernel.ui.menu import add_menu
from yiwang.kernel.workflow.types import TYPE_GATES

from .services import MANAGE, is_in_force

guard_table("apps_appversion", unique=("app", "number"))
TYPE_GATES.register("apps", is_in_force)

add_menu("apps:front", msg("Apps"), section=msg("Apps"), permission=MANAGE, order=59, icon="code")
