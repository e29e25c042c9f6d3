"""Addresses outside that hear of what happens here. 外发通知页面。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, Unavailable
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity.services import choose_organizations, get_organizations
from yiwang.kernel.notify import services
from yiwang.kernel.notify.models import Webhook
from yiwang.kernel.notify.services.hooks.address import get_outside
from yiwang.kernel.notify.services.hooks.reading import PAGE
from yiwang.kernel.notify.types import HOOK_KINDS, TEST_HOOK, WEBHOOKS
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.lists import Light

STATES = {
    "works": Light(msg("Takes what is sent"), "green"),
    "new": Light(msg("Nothing sent yet"), "blue"),
    "fails": Light(msg("Fails"), "yellow"),
    "rests": Light(msg("Failed too often and rests"), "red"),
    "off": Light(msg("Turned off")),
}
CAME = {
    "sent": Light(msg("Delivered"), "green"),
    "waits": Light(msg("Is tried again"), "yellow"),
    "failed": Light(msg("Given up"), "red"),
}
FIELDS = {
    "notify.webhook.label": "label",
    "notify.webhook.kinds": "kinds",
    "notify.webhook.organization": "organization",
}


class HookForm(forms.Form):
    """What an address is called, where it leads, what it hears. 外发地址表单。"""

    label = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=500, widget=forms.URLInput,
        help_text=gettext_lazy(
            "It begins with https:// and leads to a machine of the open internet, or to one that the operator listed."
        ),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears of"), widget=forms.CheckboxSelectMultiple
    )
    organization = forms.ChoiceField(
        label=gettext_lazy("Only of this organization and those below"), required=False
    )

    def __init__(self, actor: Actor, data: Any = None, hook: Webhook | None = None) -> None:
        told = {name: getattr(hook, name) for name in self.base_fields} if hook else None
        super().__init__(data, initial=told, auto_id="hook-%s")
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (one.code, gettext(one.label)) for one in HOOK_KINDS.values() if one.code != TEST_HOOK
        ]
        places = choose_organizations(actor, WEBHOOKS)
        self.fields["organization"].choices = [("", gettext("all")), *places]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> services.Wanted:
        """What was filled in. 填写内容。"""
        return services.Wanted(**self.cleaned_data)


@needs(WEBHOOKS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_hooks(request: HttpRequest) -> HttpResponseBase:
    """Every address and how it stands; entering one. 外发地址列表。"""
    actor, status = actor_of(request), 200
    form = HookForm(actor, request.POST if request.method == "POST" else None)
    if form.is_bound:
        status = InvalidInput.status
        if form.is_valid():
            try:
                hook, secret = services.add_webhook(actor, form.wanted)
            except InvalidInput as error:
                add_failure(form, error, FIELDS.get(error.code, "address"))
            else:
                return show(request, hook, secret=secret)
    rows = [(one, STATES[services.state_of(one)]) for one in services.list_webhooks(actor)]
    context = {"form": form, "rows": rows, "allowed": get_outside().allow}
    return render(request, "notify/webhooks.html", context, status=status)


@needs(WEBHOOKS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_hook(request: HttpRequest, hook_id: str) -> HttpResponseBase:
    """One address: how it stands, what was sent, changing it. 外发地址。"""
    actor = actor_of(request)
    hook = services.get_webhook(actor, hook_id)
    if request.method != "POST":
        return show(request, hook)
    form = HookForm(actor, request.POST, hook)
    if form.is_valid():
        try:
            services.change_webhook(actor, hook_id, form.wanted)
        except InvalidInput as error:
            add_failure(form, error, FIELDS.get(error.code, "address"))
        else:
            flash(request, msg("It is changed."))
            return redirect("notify:webhook", hook_id)
    return show(request, hook, form=form)


def show(
    request: HttpRequest, hook: Webhook, *, form: HookForm | None = None, secret: str = ""
) -> HttpResponse:
    """The page of an address; its secret only right after it was drawn. 绘制页面。"""
    actor = actor_of(request)
    wanted, came = request.GET.get("q", "").strip()[:100], request.GET.get("came", "")
    came = came if came in CAME else ""
    sent = services.list_sent(
        actor, hook.id, came=came, wanted=wanted,  # type: ignore[arg-type]
        after=request.GET.get("after", "")[:60],
    )  # fmt: skip
    places = get_organizations([hook.organization]) if hook.organization else {}
    context = {
        "hook": hook,
        "light": STATES[services.state_of(hook)],
        "kinds": [kind.label for code in hook.kinds if (kind := HOOK_KINDS.find(code))],
        "place": places[hook.organization].name if places else "",
        "form": form or HookForm(actor, hook=hook),
        "secret": secret,
        "sent": [(one, name_kind(one.message.kind), CAME[one.came]) for one in sent],
        "wanted": wanted,
        "came": came,
        "choices": [("", gettext("all")), *((key, gettext(one.text)) for key, one in CAME.items())],
        "more": sent[-1].message.pk if len(sent) == PAGE else "",
    }
    status = InvalidInput.status if form and form.errors else 200
    return render(request, "notify/webhook.html", context, status=status)


def name_kind(code: str) -> str:
    """What a kind of message is called. 消息种类名称。"""
    found = HOOK_KINDS.find(code)
    return found.label if found else code


@needs(WEBHOOKS)
@never_cache
@require_POST
def do_hook(request: HttpRequest, hook_id: str, verb: str) -> HttpResponseBase:
    """Test an address, turn it on or off, draw a new secret, remove it. 外发地址操作。"""
    if verb not in VERBS:
        raise Http404
    return VERBS[verb](request, actor_of(request), hook_id)


def _test(request: HttpRequest, actor: Actor, hook_id: str) -> HttpResponseBase:
    try:
        answer = services.test_webhook(actor, hook_id)
    except (InvalidInput, Conflict, Unavailable) as error:
        flash(request, explain(error), "red")
    else:
        text = msg("The address took the test (%(status)s, %(milliseconds)s ms).")
        flash(request, text, status=answer.status, milliseconds=answer.milliseconds)
    return redirect("notify:webhook", hook_id)


def _secret(request: HttpRequest, actor: Actor, hook_id: str) -> HttpResponseBase:
    secret = services.draw_anew(actor, hook_id)
    return show(request, services.get_webhook(actor, hook_id), secret=secret)


def _on(request: HttpRequest, actor: Actor, hook_id: str) -> HttpResponseBase:
    services.switch_webhook(actor, hook_id, on=True)
    flash(request, msg("It is turned on."))
    return redirect("notify:webhook", hook_id)


def _off(request: HttpRequest, actor: Actor, hook_id: str) -> HttpResponseBase:
    services.switch_webhook(actor, hook_id, on=False)
    flash(request, msg("It is turned off; what waits for it is not sent."))
    return redirect("notify:webhook", hook_id)


def _remove(request: HttpRequest, actor: Actor, hook_id: str) -> HttpResponseBase:
    services.remove_webhook(actor, hook_id)
    flash(request, msg("It is removed, and its secret is destroyed."))
    return redirect("notify:webhooks")


VERBS: dict[str, Callable[[HttpRequest, Actor, str], HttpResponseBase]] = {
    "test": _test, "secret": _secret, "on": _on, "off": _off, "remove": _remove,
}  # fmt: skip
