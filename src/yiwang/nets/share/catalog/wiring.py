"""What the catalogue registers at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from django.apps import apps
from django.db.models.signals import post_migrate

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.events.services import Event, subscribe
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.search.services import SYNONYMS
from yiwang.kernel.standards.types import ELEMENT_USAGES
from yiwang.kernel.ui.frame import set_search
from yiwang.kernel.ui.menu import add_menu
from yiwang.kernel.workflow.types import SHIPPED_TYPES, ShippedType

from .services import (
    count_conflicts,
    count_lowered,
    grade_all,
    list_element_usages,
)
from .services.casework import (
    ELEMENTS,
    PUBLISHING,
    catch_up_elements,
    catch_up_publishing,
    entry_page,
    items_page,
)
from .services.items import adopt_proposals, decline_proposals
from .services.marks import install_marks
from .services.permissions import DECIDE, GRADE_RULE, READ
from .services.publishing import publish_entry, submit_entry

SHARE = msg("Data sharing")

post_migrate.connect(
    install_marks, sender=apps.get_app_config("catalog"), dispatch_uid="catalog.marks"
)

add_menu(
    "catalog:list", msg("Catalogue"), section=SHARE, permission=READ, order=210, icon="catalog"
)
add_menu(
    "catalog:authorities",
    msg("Authoritative sources"),
    section=SHARE,
    permission=READ,
    order=212,
    icon="check",
)
add_menu(
    "catalog:grade_rule",
    msg("Grading rule"),
    section=SHARE,
    permission=GRADE_RULE,
    order=290,
    icon="list",
)
set_search("catalog:list", permission=READ)


def conflicts_to_decide(actor: Actor) -> Sequence[Todo]:
    """Claims of one element that the data bureau must decide between. 待裁定数源冲突。"""
    if not actor.may(DECIDE):
        return []
    title = msg("%(count)s conflicts between sources of an element need your decision")
    return [Todo(title, count_conflicts(), "/catalog/authorities/conflicts/?state=open", "red")]


def lowered_to_check(actor: Actor) -> Sequence[Todo]:
    """Grades that a person put below the computed one. 人工降级。"""
    title = msg("%(count)s resources are graded below what was computed")
    return [Todo(title, count_lowered(actor), "/catalog/?lowered=yes", "yellow")]


@subscribe("share.grade.rule_changed", name="catalog.grades")
def grade_again(event: Event) -> None:
    """Grade every resource anew under a new rule. 规则变更后重新定级。"""
    on = Ref("share.grade_rule", str(event.payload.get("number", "")), "")
    with ledger.acting(SYSTEM, "share.grade.renew", on=on) as act:
        grade_all(act)


TODO_SOURCES.register("catalog.conflicts", conflicts_to_decide)
TODO_SOURCES.register("catalog.lowered", lowered_to_check)
SHIPPED_TYPES.register(
    PUBLISHING,
    ShippedType(
        PUBLISHING,
        __package__,
        "publishing.yaml",
        url=entry_page,
        effects={"publish": submit_entry, "published": publish_entry},
        catch_up=catch_up_publishing,
    ),
)
SHIPPED_TYPES.register(
    ELEMENTS,
    ShippedType(
        ELEMENTS,
        __package__,
        "elements.yaml",
        url=items_page,
        effects={"adopted": adopt_proposals, "declined": decline_proposals},
        catch_up=catch_up_elements,
    ),
)
ELEMENT_USAGES.register("catalog", list_element_usages)


@lru_cache(maxsize=1)
def vendor_synonyms() -> list[list[str]]:
    """Words that officials use for the same thing. 政务常用同义词。"""
    text = (files(__package__) / "vendor" / "synonyms.txt").read_text("utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


SYNONYMS.register("catalog.vendor", vendor_synonyms)
