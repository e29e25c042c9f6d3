"""Pages of mappings: how the files of a resource are read, and by whose word. 报送映射页面。"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.nets.share.catalog import services as catalog

from . import services
from .services.permissions import LAND, SEE
from .types import DeliveryKind, Instructions


class MappingForm(forms.Form):
    """A mapping as text. 映射表单。"""

    text = forms.CharField(
        label=_("Mapping"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 18, "class": "code", "spellcheck": "false"}),
        help_text=_("As YAML; what stands in it is said in the reference"),
    )


@needs(SEE)
def show_mapping(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The mapping of a resource, its versions, and the ways to change it. 查看与修改映射。"""
    actor = actor_of(request)
    resource, versions = services.get_mapping(actor, resource_id)
    current = versions[0] if versions and versions[0].told else None
    told = Instructions.from_json(current.told) if current else Instructions()
    form = MappingForm(request.POST or None, initial={"text": services.dump_mapping(told)})
    if request.method == "POST" and form.is_valid():
        try:
            services.load_and_set(actor, resource.id, form.cleaned_data["text"])
        except YiwangError as error:
            add_failure(form, error, "text")
        else:
            flash(request, msg("The mapping is saved; the next delivery follows it"))
            return redirect("connect:mapping", resource.id)
    people = identity.name_accounts({one.set_by for one in versions})
    context = catalog.frame_of(actor, resource) | {
        "current": current,
        "told": told,
        "kind": DeliveryKind(told.kind or DeliveryKind.FULL).label,
        "columns": list_columns(told),
        "versions": [(one, people.get(one.set_by, one.set_by)) for one in versions],
        "form": form,
        "may_land": actor.may(LAND, organization=resource.owner),
    }
    return render(request, "connect/mapping.html", context, status=422 if form.errors else 200)


def list_columns(told: Instructions) -> list[tuple[str, str, str, bool]]:
    """Heading, name, element and whether it stays out, of every column that is mapped. 列映射。"""
    known = standards.get_elements()
    headings = dict.fromkeys([*told.columns, *told.names, *told.left_out])
    return [
        (
            heading,
            told.names.get(heading, heading),
            known[told.columns[heading]].zh if told.columns.get(heading) in known else "",
            heading in told.left_out,
        )
        for heading in headings
    ]


@needs(SEE)
@require_safe
def export_mapping(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The mapping as a YAML file. 导出映射。"""
    resource, versions = services.get_mapping(actor_of(request), resource_id)
    told = Instructions.from_json(versions[0].told) if versions else Instructions()
    answer = HttpResponse(services.dump_mapping(told), content_type="application/yaml")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{resource.name}.yaml"
    )
    return answer


@needs(LAND)
@require_POST
def reset_mapping(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Forget the mapping: the next file is looked at anew. 重置映射。"""
    services.reset_mapping(actor_of(request), resource_id)
    flash(request, msg("The mapping is reset; the next file is looked at anew"))
    return redirect("connect:mapping", resource_id)
