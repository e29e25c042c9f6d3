"""Importing organizations and accounts: a file, a preview, the deed. 导入页面。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.text import msg
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import EDIT_ACCOUNTS, EDIT_ORGANIZATIONS
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.imports import Import, Rows, say_done, serve_import

ORGANIZATIONS = Import(
    title=msg("Import organizations"),
    help=msg(
        "Organizations merge by code: known ones are changed, new ones added, none removed. "
        "The same sheet twice changes nothing."
    ),
    headings="机构代码, 机构名称, 简称, 上级机构代码, 类型, 行政区划",
    back="workbench:organizations",
    plan=services.plan_organizations,
    read=files.read_sheet,
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
    read=files.read_sheet,
    example=(
        ("账号", "姓名", "机构代码", "职务"),
        ("zhang.san", "张三", "MZ01", "数据专员"),
    ),
)


@needs(EDIT_ORGANIZATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_organizations(request: HttpRequest) -> HttpResponseBase:
    """Organizations from a sheet. 导入机构。"""

    def take(rows: Rows) -> HttpResponse:
        plan = services.import_organizations(actor_of(request), rows)
        say_done(request, plan)
        return redirect(ORGANIZATIONS.back)

    return serve_import(request, ORGANIZATIONS, take)


@needs(EDIT_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_accounts(request: HttpRequest) -> HttpResponseBase:
    """Accounts from a sheet. 导入账号。"""

    def take(rows: Rows) -> HttpResponse:
        plan, passwords = services.import_accounts(actor_of(request), rows)
        if not passwords:
            say_done(request, plan)
            return redirect(ACCOUNTS.back)
        context = {"plan": plan, "passwords": passwords}
        return render(request, "workbench/first_passwords.html", context)

    return serve_import(request, ACCOUNTS, take)
