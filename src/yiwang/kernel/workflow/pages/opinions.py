"""Opinions: a field that offers what one often writes, and the page that keeps it. 常用意见页面。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.services.phrases import PHRASE_LENGTH, PHRASES_AT_MOST

OPINION_AT_MOST = 2_000


def offer_phrases(actor: Actor) -> list[str]:
    """The phrases of an actor in the language in force. 可选常用意见。"""
    found = services.list_phrases(actor)
    return [gettext(text) for text in found.texts] if found.are_shipped else list(found.texts)


class OpinionInput(forms.Textarea):
    """A place to write, and phrases: one press with script, without it one to choose. 意见输入框。"""

    template_name = "workflow/opinion.html"

    def __init__(self, phrases: list[str]) -> None:
        super().__init__(attrs={"rows": 3, "class": "few"})
        self.phrases = phrases

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"phrases": self.phrases}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was written, and behind it the phrase that was chosen."""
        text = super().value_from_datadict(data, files, name)
        phrase = data.get(f"{name}_phrase", "")
        return f"{text or ''}{phrase}" if phrase in self.phrases else text


class OpinionField(forms.CharField):
    """An opinion, with one's phrases at hand. 意见字段。"""

    def __init__(self, phrases: list[str]) -> None:
        super().__init__(
            label=gettext_lazy("Opinion"), required=False, max_length=OPINION_AT_MOST,
            widget=OpinionInput(phrases),
        )  # fmt: skip


class PhrasesForm(forms.Form):
    """One's phrases, one a line. 常用意见表单。"""

    texts = forms.CharField(
        label=gettext_lazy("Phrases, one a line"), required=False,
        max_length=PHRASES_AT_MOST * (PHRASE_LENGTH + 2),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "They are offered in this order. Left empty, those that come with the product are offered."
        ),
    )  # fmt: skip


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def show_phrases(request: HttpRequest) -> HttpResponseBase:
    """My phrases, and keeping them. 常用意见。"""
    actor, status = actor_of(request), 200
    form = PhrasesForm(request.POST or None, initial={"texts": "\n".join(offer_phrases(actor))})
    if request.method == "POST":
        status = InvalidInput.status
        if form.is_valid():
            try:
                services.save_phrases(actor, form.cleaned_data["texts"].splitlines())
            except InvalidInput as error:
                add_failure(form, error, "texts")
            else:
                flash(request, msg("Your phrases are kept."))
                return redirect("workflow:phrases")
    return render(request, "workflow/phrases.html", {"form": form}, status=status)
