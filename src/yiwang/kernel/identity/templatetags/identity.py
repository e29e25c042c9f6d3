"""Template parts of the identity pages. 模板标签。"""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from yiwang.kernel.base.errors import YiwangError, fill

register = template.Library()


@register.simple_tag
def error_text(error: YiwangError) -> str:
    """What an expected failure says, in the reader's language. 错误说明。"""
    return fill(gettext(error.message), error.extra)
