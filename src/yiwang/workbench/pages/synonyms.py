"""Words that mean the same in search, to look up and to enter. 同义词页面。"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.search import services
from yiwang.kernel.search.types import EDIT_SYNONYMS
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure


class SynonymsForm(forms.Form):
    """Words of one meaning. 同义词表单。"""

    words = forms.CharField(
        label=_("Words that mean the same"),
        max_length=400,
        help_text=_("With spaces or commas between, for example: 医保 医疗保险"),
    )


@needs(EDIT_SYNONYMS)
@require_http_methods(["GET", "HEAD", "POST"])
def synonyms(request: HttpRequest) -> HttpResponseBase:
    """The city's groups and those of the package, and a form for one more. 同义词。"""
    form = SynonymsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_synonyms(actor_of(request), form.cleaned_data["words"])
        except YiwangError as error:
            add_failure(form, error, "words")
        else:
            flash(request, msg("From now on search takes these words for one another"))
            return redirect("workbench:synonyms")
    context = {
        "form": form,
        "own": [(one.id, one.words.split()) for one in services.list_synonyms()],
        "shipped": services.list_shipped_synonyms(),
    }
    return render(request, "workbench/synonyms.html", context, status=422 if form.errors else 200)


@needs(EDIT_SYNONYMS)
@require_POST
def remove_synonyms(request: HttpRequest, group_id: str) -> HttpResponse:
    """Take one of the city's groups out. 删除同义词。"""
    services.remove_synonyms(actor_of(request), group_id)
    flash(request, msg("The group of words is out"))
    return redirect("workbench:synonyms")
