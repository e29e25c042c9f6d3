"""Every code an error can carry, read from the source. `python -m tests.architecture.errors`

An error is made by calling `YiwangError` or a class below it with a code and a message; a table
of answers holds pairs of the same. Codes that are not written out where they are raised cannot
be found, so a raise without one fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .messages import read_translations

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "errors.md"
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
HEAD = """# Errors 错误代码

<!-- Written by `make docs` from the source; do not edit. -->

Every expected failure carries a stable code. The API answers it as `application/problem+json`
(RFC 9457) with `type` `urn:yiwang:error:<code>`, `title`, `status`, `detail` in the reader's
language, `code`, and the facts named in the message. The command line prints the code and exits
with the number in the last column; pages show the sentence and the code.

"""


class Failure(NamedTuple):
    """One code with its meaning, status, exit code and message."""

    code: str
    kind: str
    status: int
    exit_code: int
    message: str


@cache
def list_failures() -> list[Failure]:
    """All failures of the source, by code; one code has one meaning."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sources()]
    kinds = read_kinds(trees)
    found = {failure for tree in trees for failure in read_failures(tree, kinds)}
    return sorted(found)


def sources() -> list[Path]:
    return [path for path in sorted(ROOT.glob("src/**/*.py")) if "tests" not in path.parts]


def read_kinds(trees: list[ast.Module]) -> dict[str, tuple[int, int]]:
    """Names of error classes with HTTP status and exit code, inherited where not said."""
    kinds = {"YiwangError": (500, 1)}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _ in range(4):  # bases may stand in a file read later
        for node in classes:
            parent = next((base.id for base in node.bases if getattr(base, "id", "") in kinds), "")
            if parent:
                said = dict(_assigned(node))
                status, exit_code = kinds[parent]
                kinds[node.name] = (said.get("status", status), said.get("exit_code", exit_code))
    return kinds


def read_failures(tree: ast.Module, kinds: dict[str, tuple[int, int]]) -> Iterator[Failure]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) >= 2:
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if name in kinds and (pair := _pair(node.args)):
                yield Failure(pair[0], name, *kinds[name], pair[1])
        elif isinstance(node, ast.Dict):
            yield from _table(node)


def describe() -> str:
    """The page of the reference."""
    chinese = read_translations()
    lines = ["| Code | Meaning | 中文 | HTTP | Exit |", "|---|---|---|---|---|"]
    for failure in list_failures():
        translated = chinese.get(failure.message, "")
        words = [f"`{failure.code}`", failure.message, str(translated)]
        cells = [word.replace("|", "\\|").replace("\n", " ") for word in words]
        lines.append(f"| {' | '.join(cells)} | {failure.status} | {failure.exit_code} |")
    return HEAD + "\n".join(lines) + "\n"


def _table(node: ast.Dict) -> Iterator[Failure]:
    for key, value in zip(node.keys, node.values, strict=True):
        status = getattr(key, "value", None)
        if isinstance(status, int) and isinstance(value, ast.Tuple):
            pair = _pair(value.elts)
            if pair:
                yield Failure(pair[0], "", status, 1, pair[1])


def _pair(found: list[ast.expr]) -> tuple[str, str] | None:
    code, message = _text(found[0]), _text(found[1])
    return (code, message) if CODE.fullmatch(code) and message else None


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "msg":
        return _text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant):
            value = item.value.value
            if isinstance(item.targets[0], ast.Name) and isinstance(value, int):
                yield item.targets[0].id, value


if __name__ == "__main__":
    PAGE.write_text(describe(), "utf-8")
