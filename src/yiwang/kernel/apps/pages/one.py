"""One app: what it holds, its versions, its files and what the city changed of them. 应用页面。"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.apps import services
from yiwang.kernel.apps.services import MANAGE
from yiwang.kernel.apps.types import AppInfo
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import ReasonForm
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow import services as workflow

SAMPLED = msg("%(rows)s sample rows are loaded.")


class LeaveForm(ReasonForm):
    """Taking an app out of use. 卸载表单。"""

    archived = forms.BooleanField(
        label=gettext_lazy("Its records are exported and may stay where they are, out of use"),
        required=False,
    )


class FileForm(ReasonForm):
    """One file as this city wants it. 文件修改表单。"""

    text = forms.CharField(
        label=gettext_lazy("Text of the file"), max_length=200_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("text", "reason")


@needs(MANAGE)
@require_safe
def show_app(request: HttpRequest, app: str) -> HttpResponseBase:
    """An app as it stands. 应用详情。"""
    info = services.describe_app(app)
    actor = actor_of(request)
    versions = services.list_versions(actor, app)
    people = identity.name_accounts({one.installed_by for one in versions})
    context = {
        "info": info,
        "title": in_language(info.title),
        "problem": explain(info.pending.problem) if info.pending and info.pending.problem else "",
        "versions": [(one, people.get(one.installed_by, "")) for one in versions],
        "leave": LeaveForm(auto_id="leave-%s"),
        "back": ReasonForm(auto_id="back-%s"),
    }
    if info.installed:
        context |= name_parts(info)
        context["may_sample"], context["sampled"] = services.find_sample(app)
        context["unsample"] = ReasonForm(auto_id="unsample-%s")
        context["rules"] = [
            (in_language(one.title), one) for one in services.list_kept_rules(actor, app)
        ]
        vendor, city = services.read_files(actor, app)
        context["files"] = [
            (name, "added" if name not in vendor else "changed" if name in city else "")
            for name in sorted({**vendor, **city})
        ]
    return render(request, "apps/app.html", context)


def name_parts(info: AppInfo) -> dict[str, list[tuple[str, str]]]:
    """What its entities and cases are called in the language of the reader. 组成名称。"""
    known = records.snapshot().entities
    cases = workflow.find_newest_of(info.cases)
    # What a version still being prepared brings is not known by name yet.
    return {
        "entities": [
            (one, in_language(known[one].title) if one in known else one) for one in info.entities
        ],
        "cases": [(one, in_language(cases[one].title)) for one in info.cases],
    }


@needs(MANAGE)
@require_safe
def export(request: HttpRequest, app: str) -> HttpResponse:
    """The app as a ZIP. 导出应用。"""
    content = services.export_app(actor_of(request), app)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{app}.zip"'
    return answer


@needs(MANAGE)
@require_http_methods(["POST"])
def roll_back(request: HttpRequest, app: str) -> HttpResponse:
    """Put an earlier install in force again. 回退应用。"""
    try:
        number = int(request.POST.get("number", ""))
        info = services.roll_back(
            actor_of(request), app, number, reason=request.POST.get("reason", "")[:300]
        )
    except (YiwangError, ValueError) as error:
        told = explain(error) if isinstance(error, YiwangError) else msg("No such version")
        flash(request, told, "red")
    else:
        told = in_language(info.title)
        flash(
            request, msg("%(app)s version %(version)s is in force."), app=told, version=info.version
        )
    return redirect("apps:app", app)


@needs(MANAGE)
@require_http_methods(["POST"])
def load_sample(request: HttpRequest, app: str) -> HttpResponse:
    """Load the sample rows of the app, later than at its install. 装载示例数据。"""
    try:
        found = services.load_sample(actor_of(request), app)
    except YiwangError as error:
        flash(request, explain(error), "red")
    else:
        flash(request, SAMPLED, rows=sum(found.values()))
    return redirect("apps:app", app)


@needs(MANAGE)
@require_http_methods(["POST"])
def remove_sample(request: HttpRequest, app: str) -> HttpResponse:
    """Take the sample rows away again. 清除示例数据。"""
    reason = request.POST.get("reason", "").strip()[:300]
    try:
        count = services.remove_sample(actor_of(request), app, reason=reason)
    except YiwangError as error:
        flash(request, explain(error), "red")
    else:
        flash(request, msg("%(rows)s sample rows are removed."), rows=count)
    return redirect("apps:app", app)


@needs(MANAGE)
@require_http_methods(["POST"])
def uninstall(request: HttpRequest, app: str) -> HttpResponse:
    """Take the app out of use. 卸载应用。"""
    form = LeaveForm(request.POST)
    form.is_valid()
    told = form.cleaned_data
    try:
        services.uninstall_app(
            actor_of(request),
            app,
            reason=told.get("reason", ""),
            archive=told.get("archived", False),
        )
    except YiwangError as error:
        flash(request, explain(error), "red")
        return redirect("apps:app", app)
    flash(request, msg("%(app)s is out of use."), app=app)
    return redirect("apps:front")


@needs(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def show_file(request: HttpRequest, app: str) -> HttpResponseBase:
    """One file: the vendor's text, the city's, and changing it for this city. 应用文件。"""
    actor, name = actor_of(request), request.GET.get("name", "")
    vendor, city = services.read_files(actor, app)
    if name not in {**vendor, **city}:
        raise NotFound("apps.file.unknown", "This app has no such file")
    form = FileForm(request.POST or None, initial={"text": city.get(name, vendor.get(name, ""))})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        wanted = None if "restore" in request.POST else text
        try:
            services.overlay_app(actor, app, {name: wanted}, reason=form.cleaned_data["reason"])
        except YiwangError as error:
            form.add_error("text", explain(error))
        else:
            flash(request, msg("The file is in force as this city wants it."))
            return redirect("apps:app", app)
    context = {
        "app": app, "name": name, "form": form, "own": name in city,
        "vendor": vendor.get(name, "") if name in city else "",
    }  # fmt: skip
    status = InvalidInput.status if form.errors else 200
    return render(request, "apps/file.html", context, status=status)
