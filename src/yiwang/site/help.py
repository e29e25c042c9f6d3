"""Help that ships with the product: short pages in both languages. 帮助。

A module keeps its pages as `help/<zh|en>/<slug>.md` beside its code; the first line is the title.
A page that lacks one language is shown in the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from yiwang.kernel.base.errors import NotFound

SLUG = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page of help. 帮助页。"""

    slug: str
    language: str
    title: str
    body: SafeString


def list_help() -> list[HelpPage]:
    """All pages in the reader's language, by file name. 帮助目录。"""
    return [_read(files) for _, files in sorted(_find_pages().items())]


def get_help(slug: str) -> HelpPage:
    """One page; NotFound `help.page.unknown`. 取帮助页。"""
    files = _find_pages().get(slug)
    if files is None:
        raise NotFound("help.page.unknown", "There is no such page of help")
    return _read(files)


@cache
def _find_pages() -> dict[str, dict[str, Path]]:
    found: dict[str, dict[str, Path]] = {}
    for config in apps.get_app_configs():
        for file in Path(config.path).glob("help/*/*.md"):
            found.setdefault(file.stem, {})[file.parent.name] = file
    return found


def _read(files: dict[str, Path]) -> HelpPage:
    wanted = "en" if get_language() == "en" else "zh"
    language = wanted if wanted in files else next(iter(files))
    return _render(files[language], language)


@cache
def _render(file: Path, language: str) -> HelpPage:
    title, _, text = file.read_text("utf-8").partition("\n")
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    body = mark_safe(renderer.render(text))  # noqa: S308 - our own files, HTML in them switched off
    return HelpPage(file.stem, "zh-Hans" if language == "zh" else "en", title.lstrip("# "), body)
