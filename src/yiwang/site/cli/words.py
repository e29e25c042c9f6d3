"""Words of the command line in the operator's language. 命令行文本。

Read from the same catalogue as the pages, with the standard library, so that `yiwang --help` need
not load Django. `LC_ALL`, `LC_MESSAGES` or `LANG` that starts with `zh` means Chinese, else English.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

from yiwang.kernel.base.errors import fill
from yiwang.kernel.base.text import translate

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def get_language() -> str:
    """Django's name of the operator's language. 操作员语言。"""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("django", str(LOCALE), languages=["zh_Hans"], fallback=True)


def t(text: str, /, **places: object) -> str:
    """The text in the operator's language, its `%(name)s` places filled. 译文。"""
    return fill(translate(text, _catalogue(get_language()).gettext) if text else "", places)
