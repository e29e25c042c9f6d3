"""What a schema cannot say about parts, reports and requests of a case type. 分工、反馈与申请检查。"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from yiwang.kernel.base.declared import Path
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.workflow.types import DELAY, CaseType, Node, Seer

from .guards import compile_guard, compile_kept

Found = tuple[Path, str, str, Mapping[str, object]]
NUMBERS = ("integer", "number")
UNKNOWN = "there is no field %(field)s"


def shares_fit(case_type: CaseType) -> Iterator[Found]:
    """Every share names a list, and what it weighs and gives can be worked out. 分工检查。"""
    for node in case_type.nodes.values():
        for at, share in enumerate(node.children.shares if node.children else ()):
            here: Path = ("nodes", node.key, "children", *(("more", at - 1) if at else ()))
            field = case_type.fields.get(share.each)
            if field is None:
                yield (*here, "each"), "workflow.type.field", UNKNOWN, {"field": share.each}
            elif field.kind not in ("people", "organizations"):
                yield (
                    (*here, "each"), "workflow.type.each",
                    "%(field)s must hold a list: people or organizations", {"field": field.key},
                )  # fmt: skip
            told = {("give", key): text for key, text in share.give.items()}
            for path, text in ({("weight",): share.weight} | told).items():
                yield from compiles(case_type, (*here, *path), text)


def compiles(case_type: CaseType, path: Path, text: str, *, kept: bool = False) -> Iterator[Found]:
    """What is wrong with an expression, at its place. 表达式检查。"""
    try:
        if text:
            (compile_kept if kept else compile_guard)(case_type, text)
    except YiwangError as error:
        yield path, error.code, error.message, error.extra


def numbers_are_numbers(case_type: CaseType) -> Iterator[Found]:
    """Progress and limits that are filled in come from fields of numbers. 数值字段检查。"""
    told: list[tuple[Path, str, tuple[str, ...]]] = [
        (("nodes", one.key, "progress"), one.progress, NUMBERS)
        for one in case_type.nodes.values()
        if isinstance(one.progress, str)
    ]
    told += [
        (("limits", name, "by"), one.by, ("integer",))
        for name, one in case_type.limits.items()
        if one.by
    ]
    for path, key, kinds in told:
        field = case_type.fields.get(key)
        if field is None:
            yield path, "workflow.type.field", UNKNOWN, {"field": key}
        elif field.kind not in kinds:
            yield path, "workflow.type.number", "%(field)s must hold a number", {"field": key}


def reports_fit(case_type: CaseType) -> Iterator[Found]:
    """Who is asked reports, by fields there are; a delay moves a limit that is promised. 反馈与申请检查。"""
    for node in case_type.nodes.values():
        yield from _feedback(case_type, node)
        if node.requests and node.children and node.requests != {DELAY}:
            yield (
                ("nodes", node.key, "requests"), "workflow.type.parts",
                "while its parts run nothing but a delay can be asked for", {},
            )  # fmt: skip
        asks = node.feedback or (node.requests and not node.children)
        if asks and not node.decides:
            yield (
                ("nodes", node.key), "workflow.type.nobody",
                "nobody is asked at step %(node)s, so nobody can report or request anything",
                {"node": node.key},
            )  # fmt: skip
        if DELAY in node.requests and "promised" not in case_type.limits:
            yield (
                ("nodes", node.key, "requests"), "workflow.type.delay",
                "a delay moves the promised limit, and this type has none", {},
            )  # fmt: skip


def _feedback(case_type: CaseType, node: Node) -> Iterator[Found]:
    if node.feedback is None:
        return
    here: Path = ("nodes", node.key, "feedback")
    for at, key in enumerate(node.feedback.edits):
        if key not in case_type.fields:
            yield (*here, "edits", at), "workflow.type.field", UNKNOWN, {"field": key}
    for key in sorted(set(node.feedback.needs) - set(node.feedback.edits)):
        message = "%(field)s is needed here but not among what can be filled"
        yield (*here, "needs"), "workflow.type.needs", message, {"field": key}


def sees_fit(case_type: CaseType) -> Iterator[Found]:
    """Who sees a field is said by steps and organizations that there are. 可见范围检查。"""
    for key, field in case_type.fields.items():
        if field.personal and field.kind not in ("text", "longtext"):
            message = "only a text has personal data inside; another field takes a data element"
            yield ("fields", key, "personal"), "workflow.type.personal", message, {}
        for name in ("clear", "masked"):
            for at, seer in enumerate(getattr(field.sees, name) or ()):
                yield from _seer(case_type, ("fields", key, "sees", name, at), seer)
    for at, seer in enumerate(case_type.beside.clear or ()):
        yield from _seer(case_type, ("attachments", "clear", at), seer)


def no_such_role(here: Path, roles: Collection[str]) -> Iterator[Found]:
    """Roles that nobody can be given. 角色检查。"""
    for role in sorted(set(roles) - set(ROLES)):
        yield (
            here, "workflow.type.role", "there is no role %(role)s%(suggestion)s",
            {"role": role, "suggestion": suggest(role, sorted(ROLES))},
        )  # fmt: skip


def _seer(case_type: CaseType, here: Path, seer: Seer) -> Iterator[Found]:
    for step in sorted(seer.at - set(case_type.nodes)):
        yield (
            (*here, "at"), "workflow.type.node", "there is no step %(node)s%(suggestion)s",
            {"node": step, "suggestion": suggest(step, sorted(case_type.nodes))},
        )  # fmt: skip
    yield from no_such_role((*here, "roles"), seer.roles)
    place = case_type.fields.get(seer.of)
    if seer.of not in ("", "starter") and (
        place is None or place.kind not in ("organization", "organizations")
    ):
        yield (
            (*here, "of"), "workflow.type.of",
            "%(field)s must be starter, or a field for an organization", {"field": seer.of},
        )  # fmt: skip


PARTS = (sees_fit, shares_fit, numbers_are_numbers, reports_fit)
