"""Merges the fragments into the documents that people read: `make docs`.

Each change brings its own fragment, so that two changes do not meet in one line: glossary rows in
`docs/glossary/`, changelog lines in `docs/changes/`, decisions in `docs/decisions/`. With `--check`
nothing is written and the exit code says whether all is merged.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
SOURCE = DOCS.parent / "src" / "yiwang"
KINDS = {
    "tutorial": ("Tutorial 教程", "Learn by doing, start to end."),
    "howto": ("How-to guides 操作指南", "Get one thing done."),
    "reference": ("Reference 参考", "Look a thing up."),
    "explanation": ("Explanation 说明", "Understand why."),
}
MADE = "<!-- Merged from fragments by `make docs`; edit those. -->\n\n"


def merge() -> dict[Path, str]:
    """Every merged document with the text it should have."""
    return {
        DOCS / "index.md": merge_index(),
        DOCS / "glossary.md": merge_glossary(),
        DOCS / "decisions" / "README.md": merge_decisions(),
        DOCS.parent / "CHANGELOG.md": merge_changes(),
    }


def merge_index() -> str:
    """The pages by kind, each under its own title."""
    parts = ["# Documentation 文档\n", MADE]
    for folder, (title, hint) in KINDS.items():
        pages = sorted((DOCS / folder).glob("**/*.md"))
        if pages:
            parts.append(f"## {title}\n\n{hint}\n\n")
            parts += [
                f"- [{title_of(page)}]({page.relative_to(DOCS).as_posix()})\n" for page in pages
            ]
            parts.append("\n")
    parts.append(
        "## The house 系统\n\n- [Architecture](architecture.md)\n- [Glossary 术语表](glossary.md)\n"
        "- [Decisions](decisions/README.md)\n"
    )
    return "\n".join(["".join(parts[:1]), "".join(parts[1:])])


def merge_glossary() -> str:
    """One table of all pairs of terms, by the English word."""
    rows: dict[str, str] = {}
    for file in sorted((DOCS / "glossary").glob("*.md")):
        for line in file.read_text("utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") and len(cells) == 3 and is_term(cells[0]):
                rows.setdefault(cells[0].lower(), f"| {cells[0]} | {cells[1]} | {cells[2]} |")
    for name, row in list_models():
        rows.setdefault(name, row)
    body = "\n".join(rows[name] for name in sorted(rows))
    return f"# Glossary 术语表\n\n{MADE}| English | 中文 | Meaning |\n|---|---|---|\n{body}\n"


def list_models() -> Iterator[tuple[str, str]]:
    """A row for each model, from its docstring: an English sentence, then the Chinese term."""
    for file in sorted(SOURCE.glob("**/models*/**/*.py")) + sorted(SOURCE.glob("**/models.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and is_model(node):
                first = (ast.get_docstring(node) or "").partition("\n")[0]
                found = re.match(r"(.*?)[.;:]? *([\u4e00-\u9fff][^。]*)。", first)
                if found:
                    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", node.name).capitalize()
                    yield name.lower(), f"| {name} | {found[2]} | {found[1].rstrip('.')} |"


def is_model(node: ast.ClassDef) -> bool:
    """Whether a class is a table, by what it stands on."""
    return any(ast.unparse(base).endswith(("Model", "Row", "User")) for base in node.bases)


def is_term(cell: str) -> bool:
    """Whether a first cell is a term rather than a heading or its rule."""
    return bool(cell.strip("-: ")) and cell.lower() != "english"


def merge_decisions() -> str:
    """The decisions in their order."""
    files = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    body = "\n".join(f"- [{title_of(file)}]({file.name})" for file in files)
    return (
        f"# Decisions 决策记录\n\n{MADE}"
        "Context, decision, consequences, and what was rejected. A decision that no longer holds is "
        f"not edited: a later one says so.\n\n{body}\n"
    )


def merge_changes() -> str:
    """The lines of the coming release, by area."""
    parts = [f"# Changelog 更新日志\n\n{MADE}## 0.1.0 (unreleased)\n"]
    for file in sorted((DOCS / "changes").glob("*.md")):
        lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        kept = [line for line in lines if not line.startswith("#")]
        parts.append(f"### {file.stem}\n\n" + "\n".join(kept) + "\n")
    return "\n".join(parts)


def title_of(page: Path) -> str:
    """A page's first heading."""
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("# "):
            return line[2:].strip()
    return page.stem


def main() -> None:
    """Write what differs, or only say so under `--check`."""
    stale = [
        (file, text)
        for file, text in merge().items()
        if not file.exists() or file.read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        for file, _ in stale:
            print(f"{file.relative_to(DOCS.parent)} is not merged; run: make docs")
        sys.exit(bool(stale))
    for file, text in stale:
        file.write_text(text, "utf-8")
        print(f"wrote {file.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
