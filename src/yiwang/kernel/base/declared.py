"""Files in which people declare things: YAML under a JSON Schema, with lines. 声明文件。

Every kind of file has a published JSON Schema 2020-12; an unknown key is an error with its line
and the nearest key there is. Anchors and aliases are refused: they are how a small file grows into
a large one, and nobody needs them to declare things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

import jsonschema_rs
import yaml

from .errors import InvalidInput
from .nearest import find_nearest
from .text import FILE_LINE

LARGEST = 200_000
"""Characters of one file. 文件上限。"""
DEEPEST = 40
MOST_PROBLEMS = 50
LONGEST_NUMBER = 40
"""Characters of a number; a longer one is text somebody forgot to quote. 数字位数上限。"""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file, at a line of it. 问题。 `message` is a message id with places."""

    line: int
    code: str
    message: str
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it. 声明文档。"""

    name: str
    data: Any
    """Keys and values for `read_document`; what `read_plain` found may be anything."""
    lines: Mapping[Path, int]
    unquoted: Mapping[Path, str] = field(default_factory=dict)
    """As written, what YAML reads as a number or as yes and no: `No`, `1.0`. 未加引号的值。"""

    def line_of(self, *path: str | int) -> int:
        """The line of a key, or of the nearest thing around it. 所在行。"""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: Path, code: str, message: str, **extra: Any) -> InvalidInput:
        """The error that says where the file is wrong. 指出错误位置。"""
        line = self.line_of(*path)
        return InvalidInput(code, f"{FILE_LINE}{message}", file=self.name, line=line, **extra)


def read_document(text: str, *, name: str, schema: Mapping[str, Any]) -> Document:
    """A file read and held against its schema. 读取声明文件。

    InvalidInput `declared.*` names the file, the line and what is wrong, the first thing only.
    """
    document = read_plain(text, name=name)
    if not isinstance(document.data, dict):
        raise InvalidInput("declared.file.shape", "%(file)s must hold keys and values", file=name)
    refuse_schema_problems(document, schema)
    return document


def read_plain(text: str, *, name: str, most: int = LARGEST) -> Document:
    """A file read, whatever its shape: a list, or keys of several kinds of file. 读取文件内容。

    InvalidInput `declared.file.*`. Who takes longer files than others says how long.
    """
    if len(text) > most:
        raise InvalidInput(
            "declared.file.large",
            "%(file)s is longer than %(most)s characters",
            file=name,
            most=most,
        )
    node = _compose(text, name)
    lines: dict[Path, int] = {}
    unquoted: dict[Path, str] = {}
    data = _plain(node, (), _Notes(name, lines, unquoted))
    return Document(name, data, lines, unquoted)


def refuse_schema_problems(document: Document, schema: Mapping[str, Any]) -> None:
    """Raise InvalidInput for the first thing that breaks the schema. 拒绝不合模式的文件。"""
    problem = next(find_schema_problems(document, schema), None)
    if problem:
        raise InvalidInput(
            problem.code, f"{FILE_LINE}{problem.message}",
            file=document.name, line=problem.line, **problem.extra,
        )  # fmt: skip


def _compose(text: str, name: str) -> yaml.Node:
    try:
        _check_tokens(text, name)
        node = yaml.compose(text, _LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InvalidInput(
            "declared.file.yaml",
            "%(file)s, line %(line)s: this is not YAML: %(problem)s",
            file=name,
            line=mark.line + 1 if mark else 1,
            problem=str(error.problem),
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidInput(
            "declared.file.unreadable", "%(file)s, line %(line)s: this cannot be read as YAML",
            file=name, line=_line_of(error, text),
        ) from error  # fmt: skip
    if node is None:
        raise InvalidInput("declared.file.empty", "%(file)s is empty", file=name)
    return node


def _line_of(error: Exception, text: str) -> int:
    """The line of a character that no YAML has; else the first one."""
    at = error.position if isinstance(error, yaml.reader.ReaderError) else 0
    # The reader in C counts bytes.
    return text.encode("utf-8", "replace")[:at].count(b"\n") + 1


def _check_tokens(text: str, name: str) -> None:
    """Before anything is built: the builder in C has no floor, and a deep file ends the process."""
    depth = 0
    for token in yaml.scan(text, _LOADER):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            raise InvalidInput(
                "declared.file.alias",
                "%(file)s, line %(line)s: anchors (&) and aliases (*) are not taken",
                file=name,
                line=token.start_mark.line + 1,
            )
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > DEEPEST:
            raise _too_deep(name, token.start_mark.line + 1)


def _too_deep(name: str, line: int) -> InvalidInput:
    return InvalidInput(
        "declared.file.deep", "%(file)s, line %(line)s: this is nested too deeply",
        file=name, line=line,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Notes:
    """What is noted of a file while it is read."""

    name: str
    lines: dict[Path, int]
    unquoted: dict[Path, str]


def _plain(node: yaml.Node, path: Path, notes: _Notes) -> Any:
    """Plain data of a node; notes the line of each key; a key told twice is an error."""
    notes.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > DEEPEST:
        raise _too_deep(notes.name, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*path, at), notes) for at, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, notes))
    found = _scalar(node, notes.name)
    if not isinstance(found, str):
        notes.unquoted[path] = node.value
    return found


def _pairs(node: yaml.MappingNode, path: Path, notes: _Notes) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if not key or key in seen:
            raise InvalidInput(
                "declared.file.key",
                "%(file)s, line %(line)s: the key %(key)s stands twice, or is not a word",
                file=notes.name, line=line, key=key or "?",
            )  # fmt: skip
        seen.add(key)
        notes.lines[(*path, key)] = line
        yield key, _plain(value, (*path, key), notes)


def _scalar(node: yaml.Node, name: str) -> Any:
    """Texts stay as written: codes are text, and only plain numbers and booleans are read as such."""
    try:
        if node.tag in _TYPED and len(node.value) <= LONGEST_NUMBER:
            return yaml.SafeLoader("").construct_object(node)
    except (ValueError, LookupError):
        # Such as !!int abc.
        pass
    if node.tag in _TEXTS and _CONTROL.search(node.value):
        raise InvalidInput(
            "declared.file.character",
            "%(file)s, line %(line)s: a text holds a character that is none",
            file=name, line=node.start_mark.line + 1,
        )  # fmt: skip
    if node.tag in _TEXTS:
        return node.value
    raise InvalidInput(
        "declared.file.tag",
        "%(file)s, line %(line)s: %(tag)s is not taken",
        file=name, line=node.start_mark.line + 1, tag=node.tag,
    )  # fmt: skip


# PostgreSQL keeps no NUL, sheets and documents no other control character.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OPENING = (
    yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken,
)  # fmt: skip
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
_PREFIX = "tag:yaml.org,2002:"
_TYPED = {_PREFIX + one for one in ("int", "float", "bool", "null")}
_TEXTS = {_PREFIX + one for one in ("str", "timestamp", "value", "merge")}


def load_schema(package: str, name: str) -> dict[str, Any]:
    """A schema that stands beside the code. 载入模式。"""
    found: dict[str, Any] = json.loads(files(package).joinpath(name).read_text("utf-8"))
    return found


def find_schema_problems(document: Document, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """What breaks the schema, in the order in which the validator meets it. 模式校验。

    The first 50 of a file: a file of nothing but wrong keys would else fill the memory.
    """
    return islice(_schema_problems(document, schema), MOST_PROBLEMS)


def _schema_problems(document: Document, schema: Mapping[str, Any]) -> Iterator[Problem]:
    for error in _validator(json.dumps(schema)).iter_errors(document.data):
        path = tuple(error.instance_path)
        if error.kind.name in ("additionalProperties", "unevaluatedProperties"):
            known = _known_keys(schema, error)
            yield from (_unknown(document, path, str(one), known) for one in error.kind.unexpected)
        else:
            yield _describe(document, path, error)


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def _unknown(document: Document, path: Path, key: str, known: list[str]) -> Problem:
    return Problem(
        document.line_of(*path, key),
        "declared.key.unknown",
        "%(key)s is not known in %(where)s; nearest: %(near)s; known: %(known)s",
        {"key": key[:80], "where": _name(document, path)[:200],
         "near": find_nearest(key, known) or "—", "known": ", ".join(known)},
    )  # fmt: skip


def _name(document: Document, path: Path) -> str:
    return ".".join(str(part) for part in path) or document.name


def _describe(document: Document, path: Path, error: Any) -> Problem:
    if told := _find_unquoted(document, path, error):
        return told
    where = _name(document, path)
    kind = error.kind.name
    if kind == "required":
        return Problem(
            document.line_of(*path),
            "declared.key.missing",
            "%(where)s needs %(key)s",
            {"where": where, "key": str(error.kind.property)},
        )
    return Problem(
        document.line_of(*path),
        "declared.value.wrong",
        "%(where)s: %(problem)s",
        {"where": where, "problem": _shorten(error.message)},
    )


def _shorten(message: str) -> str:
    """The value comes first and may be long; what is wrong with it stands at the end."""
    return message if len(message) <= 300 else f"{message[:120]} … {message[-170:]}"


def _find_unquoted(document: Document, path: Path, error: Any) -> Problem | None:
    """A text was wanted, and YAML made something else of it: `en: No` is false, `1.0` a number."""
    kind, written = error.kind, document.unquoted.get(path)
    if kind.name in ("anyOf", "oneOf"):
        inner = ((tuple(one.instance_path), one) for way in kind.context for one in way)
        told = (_find_unquoted(document, at, one) for at, one in inner)
        return next((one for one in told if one), None)
    if not written:
        return None
    takes = {"type": "types", "enum": "options"}.get(kind.name)
    if takes is None or ("string" if takes == "types" else written) not in getattr(kind, takes):
        return None
    return Problem(
        document.line_of(*path),
        "declared.value.quotes",
        "%(where)s: a text is wanted, and YAML reads %(written)s as %(read)s; "
        'put it in quotes: "%(written)s"',
        {"where": _name(document, path), "written": written[:LONGEST_NUMBER],
         "read": json.dumps(_at(document.data, path))},
    )  # fmt: skip


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _known_keys(schema: Mapping[str, Any], error: Any) -> list[str]:
    """The keys that the part of the schema names which refused one."""
    part: Any = schema
    for step in list(error.schema_path)[:-1]:
        part = part[step]
    return sorted(part.get("properties", ()))
