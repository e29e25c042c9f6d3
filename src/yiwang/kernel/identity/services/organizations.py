"""Organizations and what stands below them. 机构。"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.events.services import announce
from yiwang.kernel.identity.models import CODE_LENGTH, Organization, Reach
from yiwang.kernel.identity.types import (
    EDIT_ORGANIZATIONS,
    MOVED,
    ORGANIZATION_KINDS,
    OrganizationInfo,
)
from yiwang.kernel.ledger.services import acting

from .actors import authorize, list_codes_below, within_period

CODE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.\-]{{0,{CODE_LENGTH - 1}}}")
REGION = re.compile(r"\d{2,12}")


def create_organization(
    actor: Actor,
    *,
    code: str,
    name: str,
    parent_code: str = "",
    kind: str = "department",
    short_name: str = "",
    region_code: str = "",
    valid_from: date | None = None,
    reason: str = "",
) -> OrganizationInfo:
    """Add an organization. 新增机构。 Conflict where the code is taken: organizations merge by code."""
    authorize(actor, EDIT_ORGANIZATIONS)
    made = Organization(
        code=code.strip(),
        name=name.strip(),
        short_name=short_name.strip(),
        kind=kind,
        region_code=region_code.strip(),
        valid_from=valid_from or today(),
    )
    check_organization(made)
    with acting(actor, "identity.organization.create", on=_ref(made), reason=reason) as act:
        made.parent = _lock_parent(parent_code)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise _code_taken(made.code) from None
        _reach_new(made)
        act.note(code=made.code, parent=parent_code)
    return describe_organization(made)


def update_organization(
    actor: Actor,
    code: str,
    *,
    name: str | None = None,
    short_name: str | None = None,
    kind: str | None = None,
    parent_code: str | None = None,
    region_code: str | None = None,
    valid_until: date | None = None,
    reason: str = "",
) -> OrganizationInfo:
    """Change what is given, leave the rest; a new parent moves all that stands below. 修改机构。"""
    authorize(actor, EDIT_ORGANIZATIONS)
    given = {"name": name, "short_name": short_name, "kind": kind, "region_code": region_code}
    with transaction.atomic():
        found = lock_tree().get(code)
        if found is None:
            raise _unknown(code)
        with acting(actor, "identity.organization.update", on=_ref(found), reason=reason) as act:
            act.note(fields=_assign(found, given))
            if valid_until is not None:
                found.valid_until = valid_until
            check_organization(found)
            if parent_code is not None and parent_code != _parent_code(found):
                _move(found, parent_code)
                act.note(moved_to=parent_code)
                announce(act, MOVED, {"organizations": [code]})
            found.save()
    return describe_organization(found)


def close_organization(
    actor: Actor, code: str, *, on: date | None = None, reason: str = ""
) -> OrganizationInfo:
    """Say from which day on an organization is no more; it stays on record. 撤销机构。"""
    return update_organization(actor, code, valid_until=on or today(), reason=reason)


def get_organization(code: str) -> OrganizationInfo:
    """The organization of that code, or NotFound. 按代码取机构。"""
    found = _all().filter(code=code).first()
    if found is None:
        raise _unknown(code)
    return describe_organization(found)


def find_organization(text: str) -> OrganizationInfo | None:
    """By code, else by whole name or short name; Conflict where a name means several. 查找机构。"""
    wanted = text.strip()
    if not wanted:
        return None
    rows = _all().filter(Q(code=wanted) | Q(name=wanted) | Q(short_name=wanted))
    found = list(rows.order_by("code")[:5])
    exact = [one for one in found if one.code == wanted] or found
    if len(exact) > 1:
        raise Conflict(
            "identity.organization.ambiguous",
            "Several organizations are called %(name)s; name one by its code: %(codes)s",
            name=wanted,
            codes=", ".join(one.code for one in exact),
        )
    return describe_organization(exact[0]) if exact else None


def get_organizations(codes: Iterable[str]) -> dict[str, OrganizationInfo]:
    """Organizations by code in one query; unknown codes are left out. 批量取机构。"""
    return {one.code: describe_organization(one) for one in _all().filter(code__in=set(codes))}


def name_organization(code: str) -> str:
    """The whole name behind a code; empty where there is none. 机构名称。"""
    return Organization.objects.filter(code=code).values_list("name", flat=True).first() or ""


def list_organizations(
    *,
    below: str = "",
    parent_code: str | None = None,
    kind: str = "",
    text: str = "",
    after: str = "",
    limit: int = 0,
) -> list[OrganizationInfo]:
    """Organizations by code: all, those under one (itself too), its children, or a search. 机构列表。

    `parent_code=""` asks for the roots; `after` is the code that the page before ended with.
    """
    rows = _all().filter(code__gt=after).order_by("code")
    if kind:
        rows = rows.filter(kind=kind)
    if below:
        rows = rows.filter(code__in=list_codes_below([below]))
    if parent_code is not None:
        rows = rows.filter(parent__code=parent_code) if parent_code else rows.filter(parent=None)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__istartswith=text)
        )
    return [describe_organization(one) for one in (rows[:limit] if limit else rows)]


def choose_organizations(
    actor: Actor, permission: str, kinds: Collection[str] = (), *, current: bool = False
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The organizations for which the actor holds a permission, departments before streets. 可选机构。

    Groups for a choice: the kind, then code and name of each; a kind without any is left out.
    `kinds` are those that are wanted, else all; `current` leaves out those that are no more. With no
    permission named it is every organization: the caller says who may see them.
    """
    groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in ORGANIZATION_KINDS}
    rows = _all().filter(kind__in=kinds) if kinds else _all()
    if current:
        rows = rows.filter(*within_period())
    for one in map(describe_organization, rows.order_by("code")):
        if not permission or actor.may(permission, organization=one.code):
            groups[one.kind].append((one.code, one.name))
    return [(gettext(ORGANIZATION_KINDS[kind]), found) for kind, found in groups.items() if found]


def list_tree(code: str = "") -> list[OrganizationInfo]:
    """All organizations, or those under one, each after its parent, `depth` set. 机构树。"""
    rows = list_organizations(below=code)
    known = {row.code for row in rows}
    children: dict[str, list[OrganizationInfo]] = {}
    for row in rows:
        children.setdefault(row.parent_code if row.parent_code in known else "", []).append(row)
    out: list[OrganizationInfo] = []
    stack = [(row, 0) for row in reversed(children.get("", []))]
    while stack:
        row, depth = stack.pop()
        out.append(replace(row, depth=depth))
        stack.extend((child, depth + 1) for child in reversed(children.get(row.code, [])))
    return out


def list_organizations_under(level: str, places: Iterable[str] = ()) -> list[OrganizationInfo]:
    """All of one kind that stand below some organizations, or in the whole city. 下属某级机构。

    `level` is a kind of organization: every community of these streets, every grid of this
    community. A place counts itself; no place named is the whole city. Those that are no more
    today are left out.
    """
    rows = _all().filter(*within_period(), kind=level).order_by("code")
    named = list(places)
    if named:
        rows = rows.filter(pk__in=Reach.objects.filter(above__code__in=named).values("below"))
    return [describe_organization(one) for one in rows]


def list_path(code: str) -> list[OrganizationInfo]:
    """The organizations above one, the top first, itself last. 上级路径。"""
    rows = (
        Reach.objects.filter(below__code=code)
        .select_related("above", "above__parent")
        .order_by("-depth")
    )
    return [describe_organization(row.above) for row in rows]


def list_chains(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each organization with all above it, the topmost first, itself last; in one query. 机构链。"""
    rows = (
        Reach.objects.filter(below__code__in=set(codes))
        .order_by("-depth")
        .values_list("below__code", "above__code")
    )
    found: dict[str, tuple[str, ...]] = {}
    for below, above in rows:
        found[below] = (*found.get(below, ()), above)
    return found


def describe_organization(one: Organization) -> OrganizationInfo:
    """What others see of it. 机构信息。"""
    return OrganizationInfo(
        id=one.pk,
        code=one.code,
        name=one.name,
        short_name=one.short_name,
        kind=one.kind,
        parent_code=_parent_code(one),
        region_code=one.region_code,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
    )


def check_organization(one: Organization) -> None:
    """Raise InvalidInput for the first value that cannot be taken. 校验机构。"""
    if not CODE.fullmatch(one.code):
        raise InvalidInput(
            "identity.organization.code",
            "The code %(organization)s is not 1 to 32 letters, digits, dots, dashes or underscores",
            organization=one.code,
        )
    if not one.name or len(one.name) > 200 or len(one.short_name) > 50:
        raise InvalidInput(
            "identity.organization.name",
            "An organization needs a name of 1 to 200 characters and a short name of at most 50",
        )
    if one.kind not in ORGANIZATION_KINDS:
        raise InvalidInput(
            "identity.organization.kind", "%(kind)s is not a kind of organization", kind=one.kind
        )
    if one.region_code and not REGION.fullmatch(one.region_code):
        raise InvalidInput(
            "identity.organization.region",
            "A region code is 2 to 12 digits, not %(region)s",
            region=one.region_code,
        )
    if one.valid_until and one.valid_until < one.valid_from:
        raise InvalidInput(
            "identity.organization.period", "An organization cannot end before it began"
        )


def lock_tree() -> dict[str, Organization]:
    """Every organization by code, held against changes until the transaction ends. 锁定机构树。

    Two moves at once could each be right and together make a circle; who changes the tree holds
    all of it. A city has thousands of organizations, and moves are rare.
    """
    rows = Organization.objects.select_for_update(of=("self",)).order_by("pk")
    found = list(rows)
    by_id = {one.pk: one for one in found}
    for one in found:
        if one.parent_id:
            one.parent = by_id[one.parent_id]
    return {one.code: one for one in found}


def rebuild_reach(tree: dict[str, Organization]) -> None:
    """Write anew what stands below what, for the whole tree. 重建层级。"""
    rows = []
    for one in tree.values():
        above: Organization | None = one
        depth = 0
        while above is not None:
            rows.append(Reach(above=above, below=one, depth=depth))
            above, depth = above.parent, depth + 1
    Reach.objects.all().delete()
    Reach.objects.bulk_create(rows, batch_size=2000)


def is_below(one: Organization, maybe_above: Organization) -> bool:
    """Whether `one` is `maybe_above` or stands under it, by the objects at hand. 是否下级。"""
    step: Organization | None = one
    seen: set[str] = set()
    while step is not None and step.pk not in seen:
        if step.pk == maybe_above.pk:
            return True
        seen.add(step.pk)
        step = step.parent
    return False


def _move(one: Organization, parent_code: str) -> None:
    tree = lock_tree()
    parent = tree.get(parent_code) if parent_code else None
    if parent_code and parent is None:
        raise _unknown(parent_code)
    if parent is not None and is_below(parent, one):
        raise Conflict(
            "identity.organization.circle",
            "%(parent)s stands below %(organization)s, so it cannot stand above it",
            organization=one.code,
            parent=parent_code,
        )
    one.parent = parent
    tree[one.code].parent = parent
    rebuild_reach(tree)


def _reach_new(made: Organization) -> None:
    rows = [Reach(above=made, below=made, depth=0)]
    if made.parent_id:
        above = Reach.objects.filter(below_id=made.parent_id).values_list("above_id", "depth")
        rows += [Reach(above_id=pk, below=made, depth=depth + 1) for pk, depth in above]
    Reach.objects.bulk_create(rows)


def _lock_parent(code: str) -> Organization | None:
    if not code:
        return None
    found = Organization.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise _unknown(code)
    return found


def _assign(found: Organization, given: dict[str, str | None]) -> list[str]:
    changed = []
    for name, value in given.items():
        if value is not None and value.strip() != getattr(found, name):
            setattr(found, name, value.strip())
            changed.append(name)
    return changed


def _all() -> QuerySet[Organization]:
    return Organization.objects.select_related("parent")


def _parent_code(one: Organization) -> str:
    return one.parent.code if one.parent else ""


def _ref(one: Organization) -> Ref:
    return Ref("identity.organization", one.pk, one.name)


def _unknown(code: str) -> NotFound:
    return NotFound(
        "identity.organization.unknown",
        "There is no organization with the code %(organization)s",
        organization=code,
    )


def _code_taken(code: str) -> Conflict:
    return Conflict(
        "identity.organization.code_taken",
        "There is an organization with the code %(organization)s already",
        organization=code,
    )
