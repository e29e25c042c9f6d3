"""What the workbench tells the house at start. 工作台登记。"""

from collections.abc import Sequence

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.calendar.services import load_calendar
from yiwang.kernel.calendar.types import EDIT_YEARS
from yiwang.kernel.identity.services import count_without_role, list_organizations
from yiwang.kernel.identity.types import (
    EDIT_ORGANIZATIONS,
    GRANT_ROLES,
    VIEW_ACCOUNTS,
    VIEW_ORGANIZATIONS,
)
from yiwang.kernel.records.services import USE as USE_RECORDS
from yiwang.kernel.search.types import EDIT_SYNONYMS
from yiwang.kernel.ui.menu import add_menu

STANDARDS = msg("Standards")
ADMINISTRATION = msg("Administration")

add_menu("workbench:elements", msg("Data elements"), section=STANDARDS, order=400, icon="book")
add_menu("workbench:code_sets", msg("Code sets"), section=STANDARDS, order=410, icon="tag")
add_menu(
    "workbench:synonyms",
    msg("Synonyms"),
    section=STANDARDS,
    permission=EDIT_SYNONYMS,
    order=430,
    icon="search",
)
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
add_menu("workbench:holidays", msg("Working days"), section=STANDARDS, order=440, icon="calendar")

add_menu(
    "workbench:groups",
    msg("Repeats and hot topics"),
    section=msg("Cases"),
    permission=USE_RECORDS,
    order=59,
    icon="search",
)


def find_calendar_todos(actor: Actor) -> Sequence[Todo]:
    """The notice of next year, from when it is usually out. 放假安排待办。"""
    year = today().year + 1
    if not actor.may(EDIT_YEARS) or today().month < NOTICE_OUT:
        return []
    missing = 0 if year in load_calendar().years else 1
    title = msg("The holidays of next year are not entered; deadlines into it are provisional")
    return [Todo(title, missing, reverse("workbench:holidays"), "yellow")]


NOTICE_OUT = 11
"""The month in which the State Council usually announces the days of the next year."""

TODO_SOURCES.register("workbench.calendar", find_calendar_todos)


def find_people_todos(actor: Actor) -> Sequence[Todo]:
    """Accounts that wait for a role, a city without organizations. 人员待办。"""
    found = []
    if actor.may(GRANT_ROLES):
        url = f"{reverse('workbench:accounts')}?role=none"
        title = msg("%(count)s accounts wait for a role")
        found.append(Todo(title, count_without_role(), url, "yellow"))
    if "sysadmin" in actor.roles and actor.may(EDIT_ORGANIZATIONS):
        missing = 0 if list_organizations(limit=1) else 1
        url = reverse("workbench:import_organizations")
        found.append(Todo(msg("No organizations yet: import the city's list"), missing, url, "red"))
    return found


TODO_SOURCES.register("workbench.people", find_people_todos)
