"""How a page looks to this reader: type size and contrast. 显示模式。

Kept in two cookies and drawn by the server as attributes of the root element, so that nothing
flashes and nothing needs script.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponse

AGE_COOKIE = "yiwang_age"
CONTRAST_COOKIE = "yiwang_contrast"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Display:
    """Elder mode 长辈版 and high contrast 高对比度, each on or off. 显示模式。"""

    elder: bool = False
    high_contrast: bool = False


def read_display(request: HttpRequest) -> Display:
    """What this reader chose before. 读取显示模式。"""
    return Display(
        elder=request.COOKIES.get(AGE_COOKIE) == "elder",
        high_contrast=request.COOKIES.get(CONTRAST_COOKIE) == "high",
    )


def keep_display(response: HttpResponse, display: Display) -> None:
    """Remember the choice for a year. 保存显示模式。"""
    _keep(response, AGE_COOKIE, "elder" if display.elder else "standard")
    _keep(response, CONTRAST_COOKIE, "high" if display.high_contrast else "standard")


def keep_language(response: HttpResponse, language: str) -> None:
    """Remember the language for a year. 保存语言。"""
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
