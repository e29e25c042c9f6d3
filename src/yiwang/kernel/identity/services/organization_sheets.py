"""Organizations from a sheet: preview, then take all or nothing. 机构导入。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import announce
from yiwang.kernel.identity.models import Organization
from yiwang.kernel.identity.types import EDIT_ORGANIZATIONS, MOVED
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

from .actors import authorize
from .organizations import check_organization, lock_tree, rebuild_reach

HEADINGS: Mapping[str, Sequence[str]] = {
    "code": ("机构代码", "code", "organization code", "统一社会信用代码"),
    "name": ("机构名称", "name", "organization name", "名称"),
    "short_name": ("简称", "机构简称", "short name", "short_name"),
    "parent_code": ("上级机构代码", "parent_code", "parent code", "上级代码"),
    "kind": ("类型", "机构类型", "kind", "type"),
    "region_code": ("行政区划", "行政区划代码", "region_code", "region code", "region"),
}
KINDS: Mapping[str, str] = {
    "数据局": "bureau",
    "主管部门": "bureau",
    "部门": "department",
    "市直部门": "department",
    "委办局": "department",
    "区县": "district",
    "区": "district",
    "县": "district",
    "街道": "street",
    "乡镇": "street",
    "镇街": "street",
    "网格": "grid",
    "社区": "community",
    "村": "community",
    "村居": "community",
    "企业": "enterprise",
}
REPEATED = msg("This code stands in an earlier row already")
NO_PARENT = msg("No organization has this code, here or in the sheet")
CIRCLE = msg("The organizations above this one lead back to it")


def plan_organizations(actor: Actor, rows: Sequence[SheetRow]) -> ImportPlan:
    """What a sheet would create and change, and which cells stand against it. 导入预览。"""
    authorize(actor, EDIT_ORGANIZATIONS)
    tree = {one.code: one for one in Organization.objects.select_related("parent")}
    return _plan(read_lines(rows, HEADINGS), tree)


def import_organizations(actor: Actor, rows: Sequence[SheetRow], *, reason: str = "") -> ImportPlan:
    """Take a whole sheet or nothing; the same sheet again changes nothing. 导入机构。

    Rows are mappings from Chinese or English headings to text; organizations merge by code. A
    column that is not there leaves its values; an empty parent makes an organization a root.
    InvalidInput where a cell is wrong; `plan_organizations` names them all.
    """
    authorize(actor, EDIT_ORGANIZATIONS)
    lines = read_lines(rows, HEADINGS)
    with transaction.atomic():
        tree = lock_tree()
        plan = _plan(lines, tree)
        refuse_problems(plan)
        changed = [change for change in plan.changes if change.action != "keep"]
        on = Ref("identity.import", new_id(), "organizations")
        with acting(actor, "identity.organizations.import", on=on, reason=reason) as act:
            act.note(
                created=[one.code for one in changed if one.action == "create"],
                changed=[one.code for one in changed if one.action == "change"],
            )
            stood = {one.code: one.parent_id for one in tree.values()}
            _apply(lines, tree, {change.row: change for change in changed})
            moved = [code for code, above in stood.items() if tree[code].parent_id != above]
            if moved:
                announce(act, MOVED, {"organizations": moved})
    return plan


def _plan(lines: list[Line], tree: Mapping[str, Organization]) -> ImportPlan:
    problems = find_repeats(lines, "code", REPEATED)
    changes = []
    for line in lines:
        problems += _check_line(line, tree)
        changes.append(_compare(line, tree.get(line.values["code"])))
    problems += _check_parents(lines, tree)
    return ImportPlan(tuple(changes), tuple(sorted(problems, key=lambda one: one.row)))


def _check_line(line: Line, tree: Mapping[str, Organization]) -> list[RowProblem]:
    known = tree.get(line.values["code"])
    draft = Organization(**_flat(known)) if known else Organization(code=line.values["code"])
    _assign(draft, line)
    try:
        check_organization(draft)
    except YiwangError as error:
        field = error.code.rpartition(".")[2]
        field = {"region": "region_code"}.get(field, field)
        extra = {name: str(value) for name, value in error.extra.items()}
        return [line.problem(field, error.message, **extra)]
    return []


def _check_parents(lines: list[Line], tree: Mapping[str, Organization]) -> list[RowProblem]:
    parents = {code: one.parent.code if one.parent else "" for code, one in tree.items()}
    for line in lines:
        parents.setdefault(line.values["code"], "")
        if "parent_code" in line.values:
            parents[line.values["code"]] = line.values["parent_code"]
    problems = []
    for line in lines:
        parent = line.values.get("parent_code", "")
        if parent and parent not in parents:
            problems.append(line.problem("parent_code", NO_PARENT))
        elif _is_in_circle(line.values["code"], parents):
            problems.append(line.problem("parent_code", CIRCLE))
    return problems


def _is_in_circle(code: str, parents: Mapping[str, str]) -> bool:
    step, seen = parents.get(code, ""), set[str]()
    while step and step not in seen:
        if step == code:
            return True
        seen.add(step)
        step = parents.get(step, "")
    return False


def _compare(line: Line, known: Organization | None) -> RowChange:
    code, name = line.values["code"], line.values.get("name", "")
    if known is None:
        return RowChange(line.row, code, name, "create")
    present = _flat(known) | {"parent_code": known.parent.code if known.parent else ""}
    differences = {
        line.headings[field]: (str(present[field]), wanted)
        for field, wanted in _wanted(line).items()
        if wanted != present[field]
    }
    return RowChange(
        line.row, code, name or known.name, "change" if differences else "keep", differences
    )


def _wanted(line: Line) -> dict[str, str]:
    values = dict(line.values)
    if "kind" in values:
        values["kind"] = KINDS.get(values["kind"], values["kind"] or "department")
    return values


def _assign(one: Organization, line: Line) -> None:
    wanted = _wanted(line)
    one.kind = one.kind or "department"
    for field in ("name", "short_name", "kind", "region_code"):
        if field in wanted:
            setattr(one, field, wanted[field])


def _apply(
    lines: list[Line], tree: dict[str, Organization], changed: Mapping[int, RowChange]
) -> None:
    """Make the new ones, then hang everybody in their place, then write the closure anew."""
    wanted = [line for line in lines if line.row in changed]
    made = []
    for line in wanted:
        one = tree.setdefault(line.values["code"], Organization(code=line.values["code"]))
        _assign(one, line)
        if changed[line.row].action == "create":
            made.append(one)
    Organization.objects.bulk_create(made)
    for line in wanted:
        if "parent_code" in line.values:
            tree[line.values["code"]].parent = tree.get(line.values["parent_code"])
    Organization.objects.bulk_update(
        [tree[line.values["code"]] for line in wanted],
        ["name", "short_name", "kind", "region_code", "parent"],
        batch_size=200,
    )
    rebuild_reach(tree)


def _flat(one: Organization) -> dict[str, str]:
    names = ("code", "name", "short_name", "kind", "region_code")
    return {name: getattr(one, name) for name in names}
