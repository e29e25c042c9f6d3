"""Which apps stand here, and installing one: choose, look through, install. 应用安装页面。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.apps import services
from yiwang.kernel.apps.services import MANAGE
from yiwang.kernel.apps.types import Files
from yiwang.kernel.base.errors import Conflict, InvalidInput, YiwangError, fill
from yiwang.kernel.base.text import FILE_LINE, msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.imports import pack_rows, unpack_rows
from yiwang.kernel.ui.labels import in_language

from .one import SAMPLED

LARGEST = 10_000_000
IN_FORCE = msg("%(app)s version %(version)s is in force.")
WAITS = msg("%(app)s version %(version)s will be in force once its tables are prepared.")


class ZipForm(forms.Form):
    """The ZIP of an app's folder. 应用压缩包表单。"""

    archive = forms.FileField(
        label=gettext_lazy("ZIP of the app"),
        help_text=gettext_lazy("Its folder with app.yaml, as yiwang app export writes it."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )

    def clean_archive(self) -> UploadedFile[bytes]:
        """Small enough to look through. 限制大小。"""
        upload: UploadedFile[bytes] = self.cleaned_data["archive"]
        if (upload.size or 0) > LARGEST:
            raise ValidationError(gettext("This file is larger than 10 MB"))
        return upload


class InstallForm(forms.Form):
    """An app that was looked through, to be installed for a reason. 安装表单。"""

    packed = forms.CharField(widget=forms.HiddenInput)
    owner = forms.CharField(
        label=gettext_lazy("Whose data it keeps"), max_length=32,
        help_text=gettext_lazy("The code of the organization that owns its records here."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    sample = forms.BooleanField(
        label=gettext_lazy("Load its sample rows"), required=False,
        help_text=gettext_lazy("For trying it out; only where it keeps no records yet."),
    )  # fmt: skip

    def clean_owner(self) -> str:
        """An organization that there is. 校验机构。"""
        code: str = self.cleaned_data["owner"].strip()
        if code not in identity.get_organizations([code]):
            raise ValidationError(gettext("There is no organization with this code"))
        return code


@needs(MANAGE)
@require_safe
def show_apps(request: HttpRequest) -> HttpResponseBase:
    """The apps of this node, those that come with the platform, and how to add one. 应用一览。"""
    return render(request, "apps/front.html", front_context(request, ZipForm()))


def front_context(request: HttpRequest, form: ZipForm) -> dict[str, Any]:
    """What the page of apps shows. 页面内容。"""
    found = services.list_apps(actor_of(request))
    standing = {one.app for one in found if one.installed}
    shipped = [services.read_head(services.read_shipped(code)) for code in services.list_shipped()]
    return {
        "apps": [(in_language(one.title), one) for one in found],
        "shipped": [
            (in_language(one.title), in_language(one.help) if one.help else "", one)
            for one in shipped
            if one.app not in standing
        ],
        "form": form,
    }


@needs(MANAGE)
@require_http_methods(["POST"])
def look(request: HttpRequest) -> HttpResponseBase:
    """Everything wrong with an app, or how its tests went; nothing is changed. 查看应用。"""
    code = request.POST.get("shipped", "")
    form = ZipForm(request.POST, request.FILES)
    try:
        if code:
            return look_through(request, services.read_shipped(code))
        if form.is_valid():
            upload = form.cleaned_data["archive"]
            return look_through(request, services.read_archive(upload.file, upload.name or ""))
    except InvalidInput as error:
        form.add_error("archive", explain(error))
    status = InvalidInput.status
    return render(request, "apps/front.html", front_context(request, form), status=status)


def look_through(
    request: HttpRequest, files: Files, form: InstallForm | None = None
) -> HttpResponse:
    """The plan of an install. 安装预览。"""
    problems = services.find_problems(files)
    context: dict[str, Any] = {"files": sorted(files)}
    if not problems:
        try:
            context |= rehearse(request, files, form)
        except Conflict as error:
            context["problems"] = [("", "", explain(error))]
    else:
        context["problems"] = [
            (one.extra.get("file", ""), one.extra.get("line", ""), say(one)) for one in problems
        ]
    wrong = "problems" in context or form is not None
    return render(request, "apps/plan.html", context, status=InvalidInput.status if wrong else 200)


def rehearse(request: HttpRequest, files: Files, form: InstallForm | None) -> dict[str, Any]:
    """What would change, how the tests went, and the form to install. 预演。

    Conflict where values that lie here cannot be taken over.
    """
    head = services.read_head(files)
    plan = services.plan_install(actor_of(request), files)
    outcomes = services.test_app(actor_of(request), files)
    told = {"packed": pack_rows([dict(files)]), "owner": head.owner}
    form = form or InstallForm(initial=told)
    if not services.list_samples(files):
        form.fields.pop("sample")
    return {
        "title": in_language(head.title), "head": head, "plan": plan, "outcomes": outcomes,
        "failed": any(not one.held for one in outcomes), "form": form,
    }  # fmt: skip


def say(problem: InvalidInput) -> str:
    """What is wrong, without where: that has columns of its own. 问题说明。"""
    return fill(gettext(problem.message.removeprefix(FILE_LINE)), dict(problem.extra))


@needs(MANAGE)
@require_http_methods(["POST"])
def install(request: HttpRequest) -> HttpResponseBase:
    """Install the app that was just looked through. 安装应用。"""
    form = InstallForm(request.POST)
    files = unpack(request.POST.get("packed", ""))
    if not form.is_valid():
        return look_through(request, files, form)
    try:
        info = services.install_for(
            actor_of(request), files, owner=form.cleaned_data["owner"],
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
        rows = (
            services.load_sample(actor_of(request), info.app) if form.cleaned_data["sample"] else {}
        )
    except YiwangError as error:
        flash(request, explain(error), "red")
        return redirect("apps:front")
    flash(
        request, WAITS if info.pending else IN_FORCE,
        app=in_language(info.title), version=info.version,
    )  # fmt: skip
    if rows:
        flash(request, SAMPLED, rows=sum(rows.values()))
    return redirect("apps:app", info.app)


def unpack(text: str) -> dict[str, str]:
    """The files that came back with a form. 解包。"""
    rows = unpack_rows(text)
    if len(rows) != 1:
        # The signed rows of a sheet, sent to where an app is expected.
        raise InvalidInput("apps.files.missing", "The file %(file)s is missing", file="app.yaml")
    (files,) = rows
    return {name: content or "" for name, content in files.items()}
