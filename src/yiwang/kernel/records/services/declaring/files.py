"""The files in which an app declares records, each held against the schema of its kind. 声明文件。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from yiwang.kernel.base.declared import (
    Document,
    find_schema_problems,
    load_schema,
    read_document,
)
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.base.text import FILE_LINE, msg

APP, PERMISSIONS = "app.yaml", "permissions.yaml"
FOLDERS = {"entities": "entity", "forms": "form", "views": "view", "dashboards": "dashboard"}
MAX_FILES, MAX_CHARACTERS = 500, 2_000_000
_PLACE = re.compile(r"(entities|forms|views|dashboards)/([a-z][a-z0-9_]{0,39})\.yaml")
_SCHEMAS = {
    kind: load_schema("yiwang.kernel.records.schemas", f"{kind}.schema.json")
    for kind in ("app", "permissions", *FOLDERS.values())
}


@dataclass(slots=True)
class Sources:
    """The files of an app by kind, and by the code each declares. 源文件。"""

    app: Document | None = None
    permissions: Document | None = None
    entity: dict[str, Document] = field(default_factory=dict)
    form: dict[str, Document] = field(default_factory=dict)
    view: dict[str, Document] = field(default_factory=dict)
    dashboard: dict[str, Document] = field(default_factory=dict)

    def take(self, kind: str, document: Document, code: str) -> None:
        """Put a file where its kind stands. 归类。"""
        if kind in FOLDERS.values():
            getattr(self, kind)[code] = document
        else:
            setattr(self, kind, document)


def read_sources(files: Mapping[str, str], problems: list[InvalidInput]) -> Sources:
    """The files read; what is wrong with their shape goes to `problems`. 读取并按模式校验。"""
    problems += _wrong_together(files)
    sources = Sources()
    if problems:
        return sources
    for name, text in sorted(files.items()):
        kind, code = place_of(name)
        found = list(_wrong_alone(name, text, kind, code))
        problems += found
        if not found:
            sources.take(kind, load_file(name, text), code)
    return sources


def load_sources(files: Mapping[str, str]) -> Sources:
    """The files of a bundle that was checked when it was published. 载入已发布文件。"""
    sources = Sources()
    for name, text in files.items():
        kind, code = place_of(name)
        sources.take(kind, load_file(name, text), code)
    return sources


def load_file(name: str, text: str) -> Document:
    """What a file says, whatever the schema of today asks. 载入文件。"""
    return read_document(text, name=name, schema={})


def place_of(name: str) -> tuple[str, str]:
    """The kind of a file, and the code that it declares, by its name; nothing where it has no place."""
    if name in (APP, PERMISSIONS):
        return name.removesuffix(".yaml"), ""
    found = _PLACE.fullmatch(name)
    return (FOLDERS[found[1]], found[2]) if found else ("", "")


def _wrong_together(files: Mapping[str, str]) -> Iterator[InvalidInput]:
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_CHARACTERS:
        yield InvalidInput(
            "records.files.large",
            "An app declares at most %(files)s files of %(most)s characters together",
            files=MAX_FILES,
            most=MAX_CHARACTERS,
        )
    for name in (APP, PERMISSIONS):
        if name not in files:
            yield InvalidInput("records.files.missing", "The file %(file)s is missing", file=name)


def _wrong_alone(name: str, text: str, kind: str, code: str) -> Iterator[InvalidInput]:
    if not kind:
        yield InvalidInput(
            "records.files.unknown",
            "%(file)s is no file that declares records%(suggestion)s",
            file=name[:200],
            suggestion=suggest(name, _known_names(name)),
        )
        return
    try:
        document = load_file(name, text)
    except InvalidInput as error:
        yield error
        return
    found = find_schema_problems(document, _SCHEMAS[kind])
    # A key that is missing is most often the one that was misspelt.
    for problem in sorted(found, key=lambda one: one.code != "declared.key.unknown"):
        message = f"{FILE_LINE}{problem.message}"
        yield InvalidInput(problem.code, message, file=name, line=problem.line, **problem.extra)
    if code and document.data.get(kind) != code:
        yield document.refuse(
            (kind,),
            "records.files.name",
            msg("the file is called %(called)s, so what it declares must be too"),
            called=code,
        )


def _known_names(name: str) -> list[str]:
    stem = name.rpartition("/")[2].partition(".")[0]
    return [APP, PERMISSIONS, *(f"{folder}/{stem}.yaml" for folder in FOLDERS)]
