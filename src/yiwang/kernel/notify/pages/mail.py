"""Outgoing mail, for who looks after it. 邮件管理页面。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import Conflict, InvalidInput, Unavailable
from yiwang.kernel.base.text import msg
from yiwang.kernel.notify import services
from yiwang.kernel.notify.types import MAIL
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure

PROTECTIONS = {
    "starttls": msg("TLS, asked for on the line (STARTTLS)"),
    "tls": msg("TLS from the beginning"),
    "none": msg("none"),
}


class TestForm(forms.Form):
    """Where a test mail goes. 测试邮件表单。"""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput
    )


@needs(MAIL)
@require_http_methods(["GET", "HEAD", "POST"])
def show_mail(request: HttpRequest) -> HttpResponseBase:
    """The settings without the password, what failed, a test mail. 邮件管理。"""
    actor = actor_of(request)
    form = TestForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = InvalidInput.status
        if form.is_valid():
            try:
                services.send_test_mail(actor, form.cleaned_data["address"])
            except (InvalidInput, Conflict, Unavailable) as error:
                add_failure(form, error, "address")
                status = error.status
            else:
                flash(request, msg("The mail server took the test mail."))
                return redirect("notify:mail")
    context = {
        "form": form,
        "facts": list_facts(),
        "failed": services.list_failed_mails(actor),
    }
    return render(request, "notify/mail.html", context, status=status)


def list_facts() -> list[tuple[str, Any]]:
    """What yiwang.toml says of the mail server. 邮件设置。"""
    server = services.get_mail_server()
    if server is None:
        return []
    return [
        (msg("Server"), f"{server.host}:{server.used_port}"),
        (msg("Protection"), gettext(PROTECTIONS[server.security])),
        (msg("User name"), server.user or "–"),
        (msg("Sender"), server.sender),
        (msg("Address of this platform in mails"), server.site or "–"),
    ]
