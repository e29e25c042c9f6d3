"""How one wants to hear of things: kinds, address, quiet hours. 我的通知设置页面。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel.base.errors import Conflict, InvalidInput, TooMany
from yiwang.kernel.base.text import msg
from yiwang.kernel.notify import services
from yiwang.kernel.notify.types import NOTICE_KINDS, NoticeKind, Wish, Wishes
from yiwang.kernel.ui.access import actor_of, signed_in
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure

REFUSALS = (InvalidInput, Conflict, TooMany)


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of notice with its two fields. 设置行。"""

    kind: NoticeKind
    bell: forms.BoundField
    mail: forms.BoundField


class WishesForm(forms.Form):
    """How to hear of each kind, in which language, and when not. 通知设置表单。"""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of mails"), choices=settings.LANGUAGES
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("No mails from"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    quiet_until = forms.TimeField(
        label=gettext_lazy("until"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip

    def __init__(self, wishes: Wishes, data: Mapping[str, str] | None = None) -> None:
        started = {
            "language": wishes.language if wishes.kinds or wishes.address else get_language(),
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
        }
        super().__init__(data, auto_id="wish-%s", initial=started)
        for kind in list_kinds():
            wish, label = wishes.of(kind.code), {"kind": gettext(kind.label)}
            self.fields[f"bell:{kind.code}"] = forms.BooleanField(
                label=gettext("%(kind)s: count at the bell") % label, required=False,
                initial=kind.loud or not wish.quiet, disabled=kind.loud,
            )  # fmt: skip
            self.fields[f"mail:{kind.code}"] = forms.ChoiceField(
                label=gettext("%(kind)s: by mail") % label, required=False, initial=wish.mail,
                choices=[("", gettext("no")), ("now", gettext("at once")), ("daily", gettext("once a day"))],
            )  # fmt: skip

    @property
    def rows(self) -> Iterator[Row]:
        """The kinds with their fields. 各类通知。"""
        for kind in list_kinds():
            yield Row(kind, self[f"bell:{kind.code}"], self[f"mail:{kind.code}"])

    @property
    def chosen(self) -> dict[str, Wish]:
        """What was chosen, by kind. 选择结果。"""
        told = self.cleaned_data
        return {
            kind.code: Wish(not told[f"bell:{kind.code}"], told[f"mail:{kind.code}"])
            for kind in list_kinds()
        }


class AddressForm(forms.Form):
    """Where mails go. 邮箱表单。"""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code that was sent there. 验证码表单。"""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


def list_kinds() -> list[NoticeKind]:
    """The kinds in the order of their codes, everything else last. 通知种类。"""
    return sorted(NOTICE_KINDS.values(), key=lambda one: (one.code == "notify.other", one.code))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def show_wishes(request: HttpRequest) -> HttpResponseBase:
    """My notices: which by which way. 我的通知设置。"""
    actor = actor_of(request)
    if request.method != "POST":
        return draw(request)
    form = WishesForm(services.get_wishes(actor.id), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            services.save_wishes(
                actor, form.chosen, language=told["language"], quiet_from=told["quiet_from"],
                quiet_until=told["quiet_until"],
            )  # fmt: skip
        except InvalidInput as error:
            add_failure(form, error, "quiet_until")
        else:
            flash(request, msg("It is kept; it counts from the next notice on."))
            return redirect("notify:wishes")
    return draw(request, form=form, status=InvalidInput.status)


@signed_in
@require_POST
def save_address(request: HttpRequest) -> HttpResponseBase:
    """Send a code to an address. 登记邮箱。"""
    form = AddressForm(request.POST)
    status = InvalidInput.status
    if form.is_valid():
        try:
            language = get_language() or "zh-hans"
            services.ask_address(actor_of(request), form.cleaned_data["address"], language=language)
        except REFUSALS as error:
            add_failure(form, error, "address")
            status = error.status
        else:
            flash(request, msg("A code is on its way to that address; enter it here."))
            return redirect("notify:wishes")
    return draw(request, address_form=form, status=status)


@signed_in
@require_POST
def confirm_address(request: HttpRequest) -> HttpResponseBase:
    """The code came back. 验证邮箱。"""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            services.confirm_address(actor_of(request), form.cleaned_data["code"])
        except InvalidInput as error:
            add_failure(form, error, "code")
        else:
            flash(
                request,
                msg("Mails go to this address. Choose below what you want to hear by mail."),
            )
            return redirect("notify:wishes")
    return draw(request, code_form=form, status=InvalidInput.status)


@signed_in
@require_POST
def drop_address(request: HttpRequest) -> HttpResponseBase:
    """Forget the address. 删除邮箱。"""
    services.drop_address(actor_of(request))
    flash(request, msg("The address is forgotten; no mails are sent any more."))
    return redirect("notify:wishes")


@signed_in
@require_POST
def resume_mails(request: HttpRequest) -> HttpResponseBase:
    """Send mails again. 恢复邮件。"""
    services.resume_mails(actor_of(request))
    flash(request, msg("Mails are sent again."))
    return redirect("notify:wishes")


def draw(request: HttpRequest, *, status: int = 200, **forms_shown: forms.Form) -> HttpResponse:
    """The page, with the form that was refused as it was. 绘制页面。"""
    wishes = services.get_wishes(actor_of(request).id)
    context = {
        "wishes": wishes,
        "sends": services.get_mail_server() is not None,
        "form": WishesForm(wishes),
        "address_form": AddressForm(auto_id="address-%s"),
        "code_form": CodeForm(auto_id="code-%s"),
        **forms_shown,
    }
    return render(request, "notify/wishes.html", context, status=status)
