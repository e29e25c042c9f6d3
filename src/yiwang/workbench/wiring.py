"""What the workbench tells the house at start. 工作台登记。"""

from yiwang.kernel.base.text import msg
from yiwang.kernel.identity.types import VIEW_ACCOUNTS, VIEW_ORGANIZATIONS
from yiwang.kernel.ui.menu import add_menu

STANDARDS = msg("Standards")
ADMINISTRATION = msg("Administration")

add_menu("workbench:elements", msg("Data elements"), section=STANDARDS, order=400, icon="book")
add_menu("workbench:code_sets", msg("Code sets"), section=STANDARDS, order=410, icon="tag")
add_menu(
    "workbench:organizations",
    msg("Organizations"),
    section=ADMINISTRATION,
    permission=VIEW_ORGANIZATIONS,
    order=800,
    icon="building",
)
add_menu(
    "workbench:accounts",
    msg("Accounts"),
    section=ADMINISTRATION,
    permission=VIEW_ACCOUNTS,
    order=810,
    icon="people",
)
