"""The catalogue as a sheet in the national guide's columns. 目录表格导入导出页面。"""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.files import services as files
from yiwang.kernel.tabular.services import write_csv, write_xlsx
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.imports import Import, Rows, say_done, serve_import

from . import services
from .services.permissions import EDIT, READ

GUIDE = Import(
    title=msg("Import the catalogue"),
    help=msg(
        "A sheet in the columns of the national guide, one row per item. Resources are known by "
        "code, without one by provider and name; none is removed. The same sheet twice changes "
        "nothing."
    ),
    headings="信息资源名称, 信息资源代码, 信息资源分类, 信息资源提供方代码 或 信息资源提供方, 信息资源摘要, "
    "信息资源格式, 信息项名称, 信息项说明, 数据元, 共享类型, 共享条件或依据, 是否向社会开放, 更新周期",
    back="catalog:list",
    plan=services.plan_guide,
    read=files.read_sheet,
    example=(
        ("信息资源名称", "信息资源提供方", "信息项名称", "数据元", "共享类型", "更新周期"),
        ("低保人员信息", "示例市民政局", "姓名", "姓名", "有条件共享", "每月"),
        ("低保人员信息", "示例市民政局", "身份证号", "resident_id", "有条件共享", "每月"),
    ),
)


@needs(READ)
@require_safe
def export_guide(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The catalogue as far as the reader may know of it. 导出目录。"""
    if ending not in ("csv", "xlsx"):
        raise InvalidInput("catalog.guide.format", "Export the catalogue as csv or xlsx")
    headings, rows = services.export_guide(actor_of(request))
    with files.scratch("guide") as folder:
        target = folder / f"guide.{ending}"
        with target.open("wb") as out:
            (write_csv if ending == "csv" else write_xlsx)(out, headings, rows)
        stream = target.open("rb")
    name = f"catalogue-{today():%Y%m%d}.{ending}"
    return FileResponse(stream, as_attachment=True, filename=name)


@needs(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_guide(request: HttpRequest) -> HttpResponseBase:
    """Register and describe resources from a sheet. 导入目录。"""

    def take(rows: Rows) -> HttpResponseBase:
        say_done(request, services.import_guide(actor_of(request), rows))
        return redirect("catalog:list")

    return serve_import(request, GUIDE, take)
