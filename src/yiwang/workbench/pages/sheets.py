"""Importing organizations and accounts: a file, a preview, the deed. 导入页面。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import EDIT_ACCOUNTS, EDIT_ORGANIZATIONS, ImportPlan
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.workbench.forms import SheetForm
from yiwang.workbench.sheets import Rows, pack_rows, read_sheet, unpack_rows

SHOWN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Import:
    """What an import page is about. 导入项。"""

    title: str
    help: str
    headings: str
    back: str
    plan: Callable[..., ImportPlan]
    example: tuple[tuple[str, ...], ...]


ORGANIZATIONS = Import(
    title=msg("Import organizations"),
    help=msg(
        "Organizations merge by code: known ones are changed, new ones added, none removed. "
        "The same sheet twice changes nothing."
    ),
    headings="机构代码, 机构名称, 简称, 上级机构代码, 类型, 行政区划",
    back="workbench:organizations",
    plan=services.plan_organizations,
    example=(
        ("机构代码", "机构名称", "上级机构代码", "类型", "行政区划"),
        ("MZ01", "示例市民政局", "", "部门", "990100"),
        ("MZ0101", "东关街道办事处", "MZ01", "街道", "990101"),
    ),
)
ACCOUNTS = Import(
    title=msg("Import accounts"),
    help=msg(
        "New accounts get a first password each, shown once after the import. Roles are not "
        "imported: the security administrator grants them."
    ),
    headings="账号, 姓名, 机构代码, 职务",
    back="workbench:accounts",
    plan=services.plan_accounts,
    example=(
        ("账号", "姓名", "机构代码", "职务"),
        ("zhang.san", "张三", "MZ01", "数据专员"),
    ),
)


@needs(EDIT_ORGANIZATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_organizations(request: HttpRequest) -> HttpResponse:
    """Organizations from a sheet. 导入机构。"""

    def take(rows: Rows) -> HttpResponse:
        plan = services.import_organizations(actor_of(request), rows)
        _say_done(request, plan)
        return redirect(ORGANIZATIONS.back)

    return _serve(request, ORGANIZATIONS, take)


@needs(EDIT_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_accounts(request: HttpRequest) -> HttpResponse:
    """Accounts from a sheet. 导入账号。"""

    def take(rows: Rows) -> HttpResponse:
        plan, passwords = services.import_accounts(actor_of(request), rows)
        if not passwords:
            _say_done(request, plan)
            return redirect(ACCOUNTS.back)
        context = {"plan": plan, "passwords": passwords}
        return render(request, "workbench/first_passwords.html", context)

    return _serve(request, ACCOUNTS, take)


def _serve(
    request: HttpRequest, about: Import, take: Callable[[Rows], HttpResponse]
) -> HttpResponse:
    """The file's form, then the preview, then what `take` answers. 三步导入。"""
    if request.method != "POST":
        return _draw_form(request, about, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    try:
        if "rows" in request.POST:
            return take(unpack_rows(request.POST["rows"]))
        if not form.is_valid():
            return _draw_form(request, about, form, 422)
        rows = read_sheet(form.cleaned_data["file"][0])
        return _draw_plan(request, about, rows, about.plan(actor_of(request), rows))
    except YiwangError as error:
        form = SheetForm({}, MultiValueDict()) if "rows" in request.POST else form
        form.is_valid()
        add_failure(form, error)
        return _draw_form(request, about, form, error.status)


def _draw_form(
    request: HttpRequest, about: Import, form: SheetForm, status: int = 200
) -> HttpResponse:
    context = {"about": about, "form": form}
    return render(request, "workbench/import.html", context, status=status)


def _draw_plan(request: HttpRequest, about: Import, rows: Rows, plan: ImportPlan) -> HttpResponse:
    changes = [change for change in plan.changes if change.action != "keep"]
    counts = [
        (msg("New"), plan.count("create")),
        (msg("Changed"), plan.count("change")),
        (msg("Unchanged"), plan.count("keep")),
        (msg("Wrong cells"), len(plan.problems)),
    ]
    context: dict[str, Any] = {
        "about": about,
        "counts": counts,
        "changes": changes[:SHOWN_AT_MOST],
        "more": max(0, len(changes) - SHOWN_AT_MOST),
        "problems": [(one, fill(gettext(one.message), dict(one.extra))) for one in plan.problems],
        "rows": "" if plan.problems or not changes else pack_rows(rows),
    }
    return render(request, "workbench/preview.html", context, status=422 if plan.problems else 200)


def _say_done(request: HttpRequest, plan: ImportPlan) -> None:
    flash(
        request,
        msg("%(created)s added, %(changed)s changed, %(kept)s as they were."),
        created=plan.count("create"),
        changed=plan.count("change"),
        kept=plan.count("keep"),
    )
