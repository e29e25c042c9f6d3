"""Marking texts for translation without importing Django. 待翻译文本标记。"""

from __future__ import annotations


def msg(text: str) -> str:
    """Mark `text` as a message id; the edges translate it with gettext. 标记待译文本。"""
    return text
