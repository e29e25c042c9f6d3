"""Labels that files declare in several languages. 多语言标签。"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language


def in_language(label: Mapping[str, str]) -> str:
    """A label of a file in the reader's language, else in Chinese. 取语言标签。"""
    wanted = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return label.get(wanted) or label.get("zh", "")
