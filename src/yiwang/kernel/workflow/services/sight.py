"""Who may read a case. 流程可见范围。

Its starter; who oversees; the roles that its type lets read; who was ever asked in it, in the case
that it is part of, or in the topmost one; who ever did something to it; who was copied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q

from yiwang.kernel.base.act import Actor
from yiwang.kernel.workflow.models import Case, CaseCopy, CaseEntry, CaseTypeVersion, Task

from .permissions import OVERSEE, USE, oversees, reads, reads_all
from .publishing import get_type
from .world import person_of

SEEN_BY = ("id", "starter", "organization", "parent_id", "root", "type_id")


def may_see(actor: Actor, case: Case) -> bool:
    """Whether an actor may read a case. 是否可见。"""
    return bool(_visible(actor, [case]))


def find_visible(actor: Actor, case_ids: Iterable[str]) -> set[str]:
    """Those of the cases that an actor may read, in at most four queries. 可见流程。"""
    return _visible(actor, list(Case.objects.filter(pk__in=set(case_ids)).only(*SEEN_BY)))


def _visible(actor: Actor, cases: Sequence[Case]) -> set[str]:
    seen = {case.pk for case in cases if _by_place(actor, case)}
    for look in (_asked, _copied, _acted):
        left = [case for case in cases if case.pk not in seen]
        if not left:
            break
        seen |= look(actor, left)
    return seen


def _by_place(actor: Actor, case: Case) -> bool:
    case_type = get_type(case.type_id)
    if case.starter == actor.id or oversees(actor, case_type, case.organization):
        return True
    return reads(actor, case_type, case.organization)


def _asked(actor: Actor, cases: Sequence[Case]) -> set[str]:
    """Who is asked at the top, or by whom a part was split off, may look into the parts."""
    mine = Q(account=actor.id) | Q(by=actor.id) | Q(on_behalf_of=actor.id)
    posts = ["", *person_of(actor).organizations]
    pool = Q(account="", role__in=actor.roles, organization__in=posts)
    asked_in = {one for case in cases for one in _chain(case)}
    rows = Task.objects.filter(mine | pool, case_id__in=asked_in)
    found = set(rows.values_list("case_id", flat=True).distinct())
    return {case.pk for case in cases if _chain(case) & found}


def _chain(case: Case) -> set[str]:
    """The case, the one it is part of, and the topmost above it."""
    return {one for one in (case.pk, case.parent_id, case.root) if one}


def _copied(actor: Actor, cases: Sequence[Case]) -> set[str]:
    rows = CaseCopy.objects.filter(account=actor.id, case_id__in=[case.pk for case in cases])
    return set(rows.values_list("case_id", flat=True))


def _acted(actor: Actor, cases: Sequence[Case]) -> set[str]:
    """Who handed their task on is asked no more, yet may see what becomes of it."""
    rows = CaseEntry.objects.filter(case_id__in=[case.pk for case in cases], actor=actor.id)
    return set(rows.values_list("case_id", flat=True).distinct())


def visible_in_sql(actor: Actor, codes: Collection[str]) -> tuple[str, list[Any]]:
    """The same rule as a condition over cases `c` of some types, with its values. 可见范围条件。

    A test holds it to `find_visible`, case by case.
    """
    parts: list[tuple[str, list[Any]]] = [
        ("c.starter = %s", [actor.id]),
        *_placed_in_sql(actor, codes),
        _asked_in_sql(actor),
        ("EXISTS (SELECT 1 FROM workflow_casecopy k WHERE k.case_id = c.id AND k.account = %s)",
         [actor.id]),
        ("EXISTS (SELECT 1 FROM workflow_caseentry k WHERE k.case_id = c.id AND k.actor = %s)",
         [actor.id]),
    ]  # fmt: skip
    return " OR ".join(text for text, _ in parts), [one for _, some in parts for one in some]


def _placed_in_sql(actor: Actor, codes: Collection[str]) -> Iterable[tuple[str, list[Any]]]:
    """By role and organization, version by version of the types."""
    for pk in CaseTypeVersion.objects.filter(code__in=codes).values_list("pk", flat=True):
        case_type = get_type(pk)
        if case_type.oversees & actor.roles or not case_type.oversees:
            scope = actor.permissions.get(USE if case_type.oversees else OVERSEE)
            if scope == "all":
                yield "c.type_id = %s", [pk]
            elif scope:
                yield _in_places(pk, actor.organizations)
        if reads_all(actor, case_type):
            yield "c.type_id = %s", [pk]
        elif case_type.reads & actor.roles:
            yield _in_places(pk, actor.organizations | {actor.organization})


def _in_places(pk: str, places: Collection[str]) -> tuple[str, list[Any]]:
    told, values = _list_of("c.organization", places)
    return f"(c.type_id = %s AND {told})", [pk, *values]


def _list_of(column: str, values: Collection[str]) -> tuple[str, list[Any]]:
    if not values:
        return "1 = 0", []
    return f"{column} IN ({', '.join(['%s'] * len(values))})", sorted(values)


def _asked_in_sql(actor: Actor) -> tuple[str, list[Any]]:
    roles, held = _list_of("k.role", actor.roles)
    posts, at = _list_of("k.organization", {"", *person_of(actor).organizations})
    text = (
        "EXISTS (SELECT 1 FROM workflow_task k WHERE k.case_id IN (c.id, c.parent_id, c.root)"  # noqa: S608
        " AND (k.account = %s OR k.by = %s OR k.on_behalf_of = %s"
        f" OR (k.account = '' AND {roles} AND {posts})))"
    )
    return text, [actor.id, actor.id, actor.id, *held, *at]
