"""Every text that people may see, gathered from code and templates.

Run as `python -m tests.architecture.messages` to list what still lacks its Chinese, ready to be
pasted into `src/yiwang/locale/parts/<label>.po`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/yiwang"
PARTS = SOURCE / "locale/parts"
MARKERS = {"msg", "_", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS = {"ngettext", "ngettext_lazy"}
LITERAL = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TEMPLATE_CALL = re.compile(rf"\b(?:n?gettext|_)\(\s*u?{LITERAL}(?:\s*,\s*u?{LITERAL})?")
CODE = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+")
Text = str | tuple[str, str]


def collect_texts() -> dict[Text, list[str]]:
    """Message id to the places that use it."""
    found: dict[Text, list[str]] = defaultdict(list)
    for file in sorted(SOURCE.rglob("*.py")):
        if "tests" not in file.parts and "migrations" not in file.parts:
            for line, text in read_code(file.read_text("utf-8")):
                found[text].append(f"{file.relative_to(ROOT)}:{line}")
    for file in sorted(SOURCE.rglob("templates/**/*.html")):
        for line, text in read_template(file.read_text("utf-8")):
            found[text].append(f"{file.relative_to(ROOT)}:{line}")
    found.pop("", None)
    return found


def read_code(source: str) -> Iterator[tuple[int, Text]]:
    """Arguments of the markers, and the sentence that follows the code of a failure."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        texts = [constant(argument) for argument in node.args[:2]]
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in PLURALS and len(texts) == 2 and all(texts):
            yield node.lineno, (str(texts[0]), str(texts[1]))
        elif name in MARKERS and texts[0]:
            yield node.lineno, texts[0]
        elif len(texts) == 2 and texts[1] and name[:1].isupper() and CODE.fullmatch(texts[0] or ""):
            yield node.lineno, texts[1]


def constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def read_template(source: str) -> Iterator[tuple[int, Text]]:
    """What translate and blocktranslate tags hold, and constants written as _("…")."""
    code = templatize(source)
    for found in TEMPLATE_CALL.finditer(code):
        texts = [ast.literal_eval(text) for text in found.groups() if text]
        line = code.count("\n", 0, found.start()) + 1
        yield line, texts[0] if len(texts) == 1 else (texts[0], texts[1])


def read_translations() -> dict[Text, str | tuple[str, ...]]:
    """Message id to Chinese, from all parts."""
    found: dict[Text, str | tuple[str, ...]] = {}
    for part in sorted(PARTS.glob("*.po")):
        with part.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                filled = message.string and all(message.string)
                if message.id and filled and not message.fuzzy:
                    key = message.id if isinstance(message.id, str) else tuple(message.id)
                    found[key] = message.string
    return found


def list_missing() -> dict[Text, list[str]]:
    """Texts without Chinese; a plural's first form may stand alone."""
    known = read_translations()
    return {text: places for text, places in collect_texts().items() if text not in known}


def main() -> None:
    for text, places in sorted(list_missing().items(), key=lambda item: item[1]):
        quoted = str(text if isinstance(text, str) else text[0])
        quoted = quoted.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        sys.stdout.write(f'#: {places[0]}\nmsgid "{quoted}"\nmsgstr ""\n\n')


if __name__ == "__main__":
    main()
