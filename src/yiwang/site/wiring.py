"""What the site itself hangs into the frame. 站点登记。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.identity.types import EDIT_ORGANIZATIONS, VIEW_ACCOUNTS
from yiwang.kernel.ui.menu import add_menu
from yiwang.kernel.ui.welcome import add_first_step
from yiwang.nets.share.catalog.services.permissions import READ as SEE_CATALOG
from yiwang.nets.share.compare.services import READ as SEE_COMPARISONS
from yiwang.nets.share.compare.services import RUN as RUN_COMPARISONS
from yiwang.nets.share.connect.services.permissions import LAND

add_menu("site:home", msg("Home"), section=msg("Workbench"), order=0, icon="home")

add_first_step(
    "connect:send",
    msg("Send in two files"),
    msg("Drag in tables as they are; every character that is read differently is listed."),
    permission=LAND,
    order=10,
)
add_first_step(
    "catalog:list",
    msg("Look at what they hold"),
    msg("Open each resource in the catalogue: rows, blanks, repeats, and what each column may be."),
    permission=SEE_CATALOG,
    order=20,
)
add_first_step(
    "compare:new",
    msg("Put them side by side"),
    msg("Say which columns belong together, and read what matches and what differs."),
    permission=RUN_COMPARISONS,
    order=30,
)
add_first_step(
    "compare:list",
    msg("Read what comparisons found"),
    msg("What both registers hold, what only one holds, and where they disagree."),
    permission=SEE_COMPARISONS,
    order=40,
)
add_first_step(
    "workbench:organizations",
    msg("Enter the departments"),
    msg("One by one, or as a list from a sheet; people and data belong to them."),
    permission=EDIT_ORGANIZATIONS,
    order=50,
)
add_first_step(
    "workbench:accounts",
    msg("Open accounts, grant roles"),
    msg("The system administrator opens an account, the security administrator grants its role."),
    permission=VIEW_ACCOUNTS,
    order=60,
)
