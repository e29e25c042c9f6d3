"""Accounts from a sheet: preview, then take all or nothing. 账号导入。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity.models import Account
from yiwang.kernel.identity.types import (
    EDIT_ACCOUNTS,
    AccountInfo,
)
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.tabular.lines import (
    ImportPlan,
    Line,
    RowChange,
    RowProblem,
    SheetRow,
    find_repeats,
    read_lines,
    refuse_problems,
)

from .accounts import (
    NAME,
    add_post,
    create_account,
    end_post,
    fold_name,
    get_accounts,
    list_posts,
    update_account,
)
from .actors import authorize
from .organizations import get_organizations

HEADINGS: Mapping[str, Sequence[str]] = {
    "name": ("账号", "name", "account", "登录名", "账号名"),
    "full_name": ("姓名", "full_name", "full name"),
    "organization_code": ("机构代码", "organization_code", "organization code"),
    "title": ("职务", "岗位", "title", "post"),
}
REPEATED = msg("This account name stands in an earlier row already")
BAD_NAME = msg("A sign-in name has 2 to 64 letters, digits, dots, dashes, underscores or @")
LONG_NAME = msg("A name has at most 100 characters")
NO_ORGANIZATION = msg("No organization has this code; import the organizations first")
OWN = msg("Nobody changes their own post")


def plan_accounts(actor: Actor, rows: Sequence[SheetRow]) -> ImportPlan:
    """What a sheet would create and change, and which cells stand against it. 导入预览。"""
    authorize(actor, EDIT_ACCOUNTS)
    lines = _read(rows)
    return _plan(actor, lines, _find_known(lines))


def import_accounts(
    actor: Actor, rows: Sequence[SheetRow], *, reason: str = ""
) -> tuple[ImportPlan, dict[str, str]]:
    """Take a whole sheet or nothing; first passwords of new accounts by name, shown once. 导入账号。

    An account that is there keeps its password and roles; another organization moves it there:
    its present posts end today. Roles are never imported: a security administrator grants them.
    """
    authorize(actor, EDIT_ACCOUNTS)
    lines = _read(rows)
    on = Ref("identity.import", new_id(), "accounts")
    with transaction.atomic():
        known = _find_known(lines)
        plan = _plan(actor, lines, known)
        refuse_problems(plan)
        with acting(actor, "identity.accounts.import", on=on, reason=reason) as act:
            act.note(created=plan.count("create"), changed=plan.count("change"))
            passwords = _apply(actor, lines, plan, known)
    return plan, passwords


def _read(rows: Sequence[SheetRow]) -> list[Line]:
    lines = read_lines(rows, HEADINGS)
    for line in lines:
        line.values["name"] = fold_name(line.values["name"])
    return lines


def _find_known(lines: Iterable[Line]) -> dict[str, AccountInfo]:
    names = {line.values["name"] for line in lines}
    ids = Account.objects.filter(name__in=names).values_list("pk", flat=True)
    return {one.name: one for one in get_accounts(ids).values()}


def _plan(actor: Actor, lines: list[Line], known: Mapping[str, AccountInfo]) -> ImportPlan:
    codes = {line.values.get("organization_code", "") for line in lines}
    organizations = get_organizations(codes)
    problems = find_repeats(lines, "name", REPEATED)
    changes = []
    for line in lines:
        change = _compare(line, known.get(line.values["name"]))
        changes.append(change)
        problems += _check(line, organizations)
        own = known.get(line.values["name"])
        if own and own.id == actor.id and change.action == "change":
            problems.append(line.problem("name", OWN))
    return ImportPlan(tuple(changes), tuple(sorted(problems, key=lambda one: one.row)))


def _check(line: Line, organizations: Mapping[str, object]) -> list[RowProblem]:
    problems = []
    if not NAME.fullmatch(line.values["name"]):
        problems.append(line.problem("name", BAD_NAME))
    if len(line.values.get("full_name", "")) > 100:
        problems.append(line.problem("full_name", LONG_NAME))
    code = line.values.get("organization_code", "")
    if code and code not in organizations:
        problems.append(line.problem("organization_code", NO_ORGANIZATION))
    return problems


def _compare(line: Line, known: AccountInfo | None) -> RowChange:
    name = line.values["name"]
    full_name = line.values.get("full_name", "")
    if known is None:
        return RowChange(line.row, name, full_name, "create")
    differences = {}
    for field in ("full_name", "organization_code"):
        wanted, present = line.values.get(field, ""), getattr(known, field)
        if wanted and wanted != present:
            differences[line.headings[field]] = (present, wanted)
    return RowChange(
        line.row,
        name,
        full_name or known.full_name,
        "change" if differences else "keep",
        differences,
    )


def _apply(
    actor: Actor, lines: list[Line], plan: ImportPlan, known: Mapping[str, AccountInfo]
) -> dict[str, str]:
    passwords = {}
    for line, change in zip(lines, plan.changes, strict=True):
        values = line.values
        if change.action == "create":
            info, first = create_account(
                actor,
                name=values["name"],
                full_name=values.get("full_name", ""),
                organization_code=values.get("organization_code", ""),
                title=values.get("title", ""),
            )
            passwords[info.name] = first
        elif change.action == "change":
            _change(actor, known[values["name"]], values)
    return passwords


def _change(actor: Actor, known: AccountInfo, values: Mapping[str, str]) -> None:
    full_name = values.get("full_name", "")
    if full_name and full_name != known.full_name:
        update_account(actor, known.id, full_name=full_name)
    code = values.get("organization_code", "")
    if not code or code == known.organization_code:
        return
    for post in list_posts(actor, known.id):
        if post.valid_until is None:
            end_post(actor, post.id)
    add_post(actor, known.id, organization_code=code, title=values.get("title", ""))
