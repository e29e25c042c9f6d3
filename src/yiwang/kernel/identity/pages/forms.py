"""Forms of the sign-in pages. 登录表单。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from yiwang.kernel.base.errors import fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services

PASSWORD_HELP = msg(
    "At least %(length)s characters and %(classes)s of: small letters, capitals, digits, signs. "
    "Not your name, and not one of your last %(history)s passwords. "
    "A short sentence is easy to remember."
)


def make_password_field(label: Any, purpose: str, help_text: str = "") -> forms.CharField:
    """A field for a password; `purpose` tells the browser's keeper which. 口令字段。"""
    return forms.CharField(
        label=label,
        max_length=128,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": purpose}),
    )


class SignInForm(forms.Form):
    """Name and password. 登录表单。"""

    name = forms.CharField(
        label=gettext_lazy("Account name"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = make_password_field(gettext_lazy("Password"), "current-password")
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class PasswordForm(forms.Form):
    """The present password and twice the new one. 修改口令表单。"""

    old = make_password_field(gettext_lazy("Present password"), "current-password")
    new = make_password_field(gettext_lazy("New password"), "new-password")
    again = make_password_field(gettext_lazy("New password, once more"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = services.get_rules()
        self.fields["new"].help_text = fill(
            gettext(PASSWORD_HELP),
            {
                "length": rules.password_length,
                "classes": rules.password_classes,
                "history": rules.password_history,
            },
        )


class TokenForm(forms.Form):
    """What a token is for and how long it lasts. 令牌表单。"""

    name = forms.CharField(
        label=gettext_lazy("What uses it"),
        max_length=100,
        help_text=gettext_lazy("For example: nightly delivery from the civil affairs server"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(label=gettext_lazy("Days it lasts"), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = services.get_rules()
        self.fields["days"].initial = rules.token_days
        self.fields["days"].widget.attrs["max"] = rules.token_days_at_most
