"""What may be done with cases, beside what each type says. 流程权限。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.workflow.types import CaseType

_EVERYBODY = {"director": "all", "engineer": "all", "steward": "own", "viewer": "own"}

USE = declare_permission(
    "workflow.cases.use",
    msg("Start cases and work on tasks"),
    _EVERYBODY,  # type: ignore[arg-type]
)
OVERSEE = declare_permission(
    "workflow.cases.oversee",
    msg("Suspend, resume, end and hand on the cases of others"),
    {"director": "all", "engineer": "all"},
)
PERSONAL = declare_permission(
    "workflow.personal.see",
    msg("See personal data of cases at hand whole, or unmask them with a reason"),
    {"director": "all", "engineer": "all", "steward": "own"},
)
PUBLISH = declare_permission(
    "workflow.types.publish", msg("Publish case types"), {"engineer": "all"}
)


def oversees(actor: Actor, case_type: CaseType, organization: str) -> bool:
    """By the roles that the type names, as far as their work reaches, or where it names none by
    `workflow.cases.oversee`. 督办权。
    """
    if case_type.oversees:
        return bool(case_type.oversees & actor.roles) and actor.may(USE, organization=organization)
    return actor.may(OVERSEE, organization=organization)


def reads(actor: Actor, case_type: CaseType, organization: str) -> bool:
    """By the roles that the type lets look, in their own organizations or in all. 查阅权。"""
    if reads_all(actor, case_type):
        return True
    at_home = organization in {actor.organization, *actor.organizations}
    return at_home and bool(case_type.reads & actor.roles)


def reads_all(actor: Actor, case_type: CaseType) -> bool:
    """By a role that the type lets look into the cases of all organizations, which a file can give
    only to who works on cases everywhere. 全市查阅权。
    """
    return bool(case_type.reads_all & actor.roles) and actor.permissions.get(USE) == "all"
