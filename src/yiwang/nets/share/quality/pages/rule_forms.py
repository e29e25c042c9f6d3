"""Declaring rules by form or by file, switching and withdrawing them. 规则维护页面。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import DropZone, FileForm, FilesField, ReasonForm, add_failure
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.services.rule_shapes import SHAPES, write_rule
from yiwang.nets.share.quality.types import RuleKind, RuleSpec, Severity

HELP: Mapping[str, Any] = {
    RuleKind.REQUIRED: _("A cell may not be empty or hold only a placeholder such as 无 or /"),
    RuleKind.UNIQUE: _("No value, or no combination of values, may stand twice"),
    RuleKind.CODE: _("Only values of an agreed code set, in the version valid on the day"),
    RuleKind.FORMAT: _("The written form of a data element"),
    RuleKind.CHECK: _("The check digit of a data element, such as that of an identity number"),
    RuleKind.TYPED: _("Numbers or dates only, however they are spelled"),
    RuleKind.RANGE: _("From a smallest to a largest number or date"),
    RuleKind.LENGTH: _("So many characters, no fewer and no more"),
    RuleKind.PATTERN: _("A pattern for the whole value (regular expression)"),
    RuleKind.COMPARE: _("Two or more columns of a row must agree, such as end >= start"),
    RuleKind.CONDITION: _("Where one thing is so, another must be"),
    RuleKind.REFERENCE: _("The value must stand in a column of another register"),
    RuleKind.FRESH: _("A date no older than so many days"),
}
MAKE = {
    "min": forms.CharField(label=_("Smallest"), required=False, help_text=_("A number, or a date as 2026-01-31")),
    "max": forms.CharField(label=_("Largest"), required=False, help_text=_("A number, or a date as 2026-01-31")),
    "days": forms.IntegerField(label=_("Days"), min_value=1, max_value=36_500),
    "pattern": forms.CharField(label=_("Pattern"), help_text=_("For example [0-9]{6} for six digits"), max_length=500),
    "holds": forms.CharField(label=_("What must hold"), help_text=_("For example: end_date >= start_date"), max_length=1000),
    "given": forms.CharField(label=_("Where this is so"), help_text=_("For example: state = '在册'"), max_length=1000),
    "then": forms.CharField(label=_("this must hold too"), max_length=1000),
    "resource": forms.CharField(label=_("The other register"), help_text=_("Its name or code"), max_length=200),
    "item": forms.CharField(label=_("Its column"), max_length=300),
}  # fmt: skip


class RuleForm(forms.Form):
    """A rule of one kind: only the settings that the kind has. 规则表单。"""

    def __init__(self, kind: RuleKind, columns: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, shape = kind, SHAPES[kind]
        self.fields["code"] = forms.CharField(
            label=_("Short name"), max_length=80, help_text=_("Letters, digits and . _ + - only")
        )
        if shape.says_fields:
            self.fields["field"] = _column_field(columns, many=shape.many)
        for name in (*shape.needs, *shape.may):
            self.fields[name] = _setting(name, columns, needed=name in shape.needs)
        self.fields["when"] = forms.CharField(
            label=_("Only for rows where"), required=False, max_length=1000,
            help_text=_("A filter over the columns; empty means all rows"),
        )  # fmt: skip
        self.fields["severity"] = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
        self.fields["title"] = forms.CharField(
            label=_("Title"), required=False, max_length=300,
            help_text=_("What it says to the department; made from the settings where empty"),
        )  # fmt: skip
        self.fields["reason"] = forms.CharField(label=_("Reason"), required=False, max_length=300)

    def told(self) -> dict[str, Any]:
        """The rule as a person would write it in a file. 表单内容。"""
        told = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        told.pop("reason", None)
        if SHAPES[self.kind].many:
            told["fields"] = told.pop("field")
        return told | {"kind": str(self.kind)}


class RulesFileForm(FileForm):
    """A file of rules. 规则文件表单。"""

    upload = FilesField(
        label=_("File"),
        widget=DropZone(multiple=False),
        help_text=_("YAML as exported here, or a data contract (ODCS 3.1); UTF-8, at most 1 MB"),
    )


@needs(services.DECLARE)
@require_safe
def new(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Choose what kind of rule. 选择规则类型。"""
    frame = _frame(request, resource_id)
    kinds = [(kind.value, kind.label, HELP[kind]) for kind in RuleKind]
    return render(request, "quality/rule_kinds.html", frame | {"kinds": kinds})


@needs(services.DECLARE)
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, resource_id: str, kind: str) -> HttpResponseBase:
    """Declare a rule of a kind. 新建规则。"""
    return _serve(request, resource_id, kind, None)


@needs(services.DECLARE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, resource_id: str, code: str) -> HttpResponseBase:
    """Say a declared rule anew. 修改规则。"""
    rule = services.get_declared_rule(actor_of(request), resource_id, code)
    return _serve(request, resource_id, rule.kind, rule)


@needs(services.DECLARE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, resource_id: str, code: str) -> HttpResponseBase:
    """End a declared rule. 撤销规则。"""

    def do(reason: str) -> None:
        services.withdraw_rule(actor_of(request), resource_id, code, reason=reason)

    return _ask(request, resource_id, code, do, title=msg("Withdraw the rule"))


@needs(services.DECLARE)
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest, resource_id: str, code: str) -> HttpResponseBase:
    """Switch a rule off, or on again. 启停规则。"""
    rule = services.get_rule(actor_of(request), resource_id, code)

    def do(reason: str) -> None:
        services.switch_rule(
            actor_of(request), resource_id, code, enabled=not rule.enabled, reason=reason
        )

    title = msg("Switch the rule off") if rule.enabled else msg("Switch the rule on")
    return _ask(request, resource_id, code, do, title=title, rule=rule)


@needs(services.READ)
@require_safe
def history(request: HttpRequest, resource_id: str, code: str) -> HttpResponseBase:
    """Every edit of a rule. 规则修订记录。"""
    found = services.list_rule_revisions(actor_of(request), resource_id, code)
    context = {"code": code, "revisions": found}
    return render(request, "quality/rule_history.html", _frame(request, resource_id) | context)


@needs(services.DECLARE)
@require_http_methods(["GET", "HEAD", "POST"])
def take_file(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Take rules from a file, all or none. 导入规则。"""
    form = RulesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rules = services.import_rules(
                actor_of(request), resource_id, _read(form), reason=form.cleaned_data["reason"]
            )
        except YiwangError as error:
            add_failure(form, error, "upload")
        else:
            flash(request, msg("%(count)s rules are in force"), count=len(rules))
            return redirect("quality:rules", resource_id)
    status = 422 if form.errors else 200
    context = _frame(request, resource_id) | {"form": form}
    return render(request, "quality/rules_import.html", context, status=status)


@needs(services.READ)
@require_safe
def give_file(request: HttpRequest, resource_id: str, ending: str) -> HttpResponse:
    """The rules as a file. 导出规则。"""
    text = services.export_rules(actor_of(request), resource_id, format=ending)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    name = "contract.odcs.yaml" if ending == "odcs" else "rules.yaml"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _serve(
    request: HttpRequest, resource_id: str, kind: str, rule: RuleSpec | None
) -> HttpResponseBase:
    if kind not in RuleKind.values:
        raise InvalidInput("quality.rule.kind_unknown", "There is no such kind of rule")
    actor, frame = actor_of(request), _frame(request, resource_id)
    columns = [item.name for item in catalog.list_items(frame["resource"].id)]
    form = RuleForm(RuleKind(kind), columns, request.POST or None, initial=_initial(rule))
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_written(
                actor, resource_id, form.told(), reason=form.cleaned_data["reason"]
            )
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("The rule is in force from the next check on"))
            return redirect("quality:rules", resource_id)
    context = frame | {"form": form, "kind": RuleKind(kind).label, "help": HELP[RuleKind(kind)]}
    context["kept"] = bool(rule)
    return render(request, "quality/rule_form.html", context, status=422 if form.errors else 200)


def _initial(rule: RuleSpec | None) -> dict[str, Any]:
    if rule is None:
        return {}
    told = write_rule(rule)
    title = told.pop("title", {})
    return told | {"field": told.get("fields") or told.get("field"), "title": title.get("zh", "")}


def _ask(
    request: HttpRequest, resource_id: str, code: str, do: Any, **context: Any
) -> HttpResponseBase:
    """Ask for the reason, then do it. 询问理由。"""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data["reason"])
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("Saved"))
            return redirect("quality:rules", resource_id)
    context |= _frame(request, resource_id) | {"form": form, "code": code}
    status = 422 if form.errors else 200
    return render(request, "quality/rule_reason.html", context, status=status)


def _frame(request: HttpRequest, resource_id: str) -> dict[str, Any]:
    actor = actor_of(request)
    return catalog.frame_of(actor, catalog.get_resource(actor, resource_id))


def _read(form: RulesFileForm) -> str:
    [file] = form.cleaned_data["upload"]
    return services.decode_rules(file.read(services.LARGEST_RULES + 1))


def _column_field(columns: list[str], *, many: bool) -> forms.Field:
    choices = [(name, name) for name in columns]
    if many:
        return forms.MultipleChoiceField(
            label=_("Columns"), choices=choices, widget=forms.CheckboxSelectMultiple
        )
    return forms.ChoiceField(label=_("Column"), choices=choices)


def _setting(name: str, columns: list[str], *, needed: bool) -> forms.Field:
    if name == "on":
        choices = [("", _("the day it was delivered")), *((one, one) for one in columns)]
        return forms.ChoiceField(label=_("Valid on the day in"), choices=choices, required=False)
    if name == "code_set":
        known = {one.code_set: one.zh for one in standards.list_code_sets()}
        return forms.ChoiceField(label=_("Code set"), choices=_by_name(known))
    if name == "element":
        known = {one.code: f"{one.zh} ({one.code})" for one in standards.get_elements().values()}
        return forms.ChoiceField(label=_("Data element"), choices=_by_name(known))
    if name == "type":
        words = [("number", _("Number")), ("date", _("Date"))]
        return forms.ChoiceField(label=_("Type"), choices=words, required=needed)
    return MAKE[name]


def _by_name(known: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(known.items(), key=lambda one: one[1])


RULE_PATHS = [
    path("of/<str:resource_id>/rules/new/", new, name="rules_new"),
    path("of/<str:resource_id>/rules/new/<str:kind>/", declare, name="rule_declare"),
    path("of/<str:resource_id>/rules/import/", take_file, name="rules_import"),
    path("of/<str:resource_id>/rules/export/<str:ending>/", give_file, name="rules_export"),
    path("of/<str:resource_id>/rules/edit/<path:code>/", edit, name="rule_edit"),
    path("of/<str:resource_id>/rules/withdraw/<path:code>/", withdraw, name="rule_withdraw"),
    path("of/<str:resource_id>/rules/switch/<path:code>/", switch, name="rule_switch"),
    path("of/<str:resource_id>/rules/history/<path:code>/", history, name="rule_history"),
]
