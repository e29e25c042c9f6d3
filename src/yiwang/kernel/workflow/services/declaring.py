"""A case type read from its file. 读取流程定义。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.declared import Document, Path, load_schema, read_document
from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.calendar.services import read_limit, read_yellow
from yiwang.kernel.records.types import Known
from yiwang.kernel.workflow.types import (
    Action,
    Branch,
    CaseType,
    Children,
    Feedback,
    Field,
    Join,
    Keep,
    LookUp,
    Node,
    Push,
    Seer,
    Sees,
    Share,
    Sign,
    Suggests,
    TimeLimit,
    Urges,
    Who,
)
from yiwang.kernel.workflow.types.definition import VERBS

from .checking import check_case_type, list_problems

SCHEMA = load_schema("yiwang.kernel.workflow.schemas", "case.schema.json")


def read_case_type(text: str, *, name: str = "case.yaml") -> CaseType:
    """The type that a file declares, checked. 读取并检查流程定义。

    InvalidInput names the file, the line and what is wrong.
    """
    document = read_document(text, name=name, schema=SCHEMA)
    _check_limits(document)
    case_type = build_case_type(document.data)
    check_case_type(document, case_type)
    return case_type


def find_problems(text: str, *, name: str = "case.yaml") -> list[InvalidInput]:
    """Everything wrong with a file: of its shape the first thing, of its steps all. 问题清单。"""
    try:
        document = read_document(text, name=name, schema=SCHEMA)
        _check_limits(document)
    except InvalidInput as error:
        return [error]
    return list_problems(document, build_case_type(document.data))


def _check_limits(document: Document) -> None:
    """Limits are read before anything else, so that a slip in one is told with its line."""
    told: list[tuple[Path, Mapping[str, Any]]] = [
        (("limits", name), one) for name, one in document.data.get("limits", {}).items()
    ]
    told += [
        (("nodes", key, "limit"), node["limit"])
        for key, node in document.data["nodes"].items()
        if "limit" in node
    ]
    told += [
        (("nodes", key, "feedback"), {**node["feedback"], "within": node["feedback"]["every"]})
        for key, node in document.data["nodes"].items()
        if "feedback" in node
    ]
    if "urges" in document.data:
        told.append((("urges",), {"within": document.data["urges"]["every"]}))
    for path, one in told:
        try:
            _limit(one)
        except YiwangError as error:
            raise document.refuse(path, error.code, error.message, **error.extra) from error


def build_case_type(data: Mapping[str, Any], *, version: int = 0) -> CaseType:
    """The type of a declaration that was checked before. 构造流程定义。"""
    start = data["start"]
    return CaseType(
        code=data["case"],
        title=data["title"],
        fields={key: _field(key, one) for key, one in data.get("fields", {}).items()},
        nodes={key: _node(key, one) for key, one in data["nodes"].items()},
        first=start["to"],
        starts=frozenset(start["roles"]),
        asks=tuple(start.get("edits", ())),
        needs=tuple(start.get("needs", ())),
        oversees=frozenset(data.get("oversees", ())),
        reads=frozenset(data.get("reads", ())),
        reads_all=frozenset(data.get("reads_all", ())),
        tables=data.get("tables", {}),
        limits={name: _limit(one) for name, one in data.get("limits", {}).items()},
        escalates=_who(data["escalates"]) if "escalates" in data else None,
        keeps=_keeps(data.get("keeps", ())),
        urges=_urges(data["urges"]) if "urges" in data else None,
        fallback=_who(data["fallback"]) if "fallback" in data else None,
        copies=_copies(data),
        suggests={
            key: Suggests(one["like"], tuple(one["from"]))
            for key, one in data.get("suggests", {}).items()
        },
        terminated=_keeps(data.get("terminated", ())),
        beside=_sees(data.get("attachments", {})),
        prefix=data.get("prefix", ""),
        version=version,
    )


def _limit(one: Mapping[str, Any]) -> TimeLimit:
    yellow = read_yellow(one["yellow"]) if "yellow" in one else None
    return TimeLimit(read_limit(one["within"]), yellow, one.get("by", ""))


def _field(key: str, one: Mapping[str, Any]) -> Field:
    choices = tuple(one.get("choices", {}).items())
    return Field(
        key=key,
        label=one["label"],
        kind="same" if "same_as" in one else one.get("kind", "choice" if choices else "text"),
        element=one.get("element", ""),
        choices=choices,
        help=one.get("help", {}),
        **{name: one[name] for name in ("most", "megabytes", "camera") if name in one},
        types=tuple(one.get("types", ())),
        same_as=one.get("same_as", ""),
        levels=tuple(one.get("levels", ())),
        personal=one.get("personal") == "inside",
        sees=_sees(one.get("sees", {})),
        reach=one.get("reach", "own"),
        known=_known(one["known"]) if "known" in one else None,
    )


def _known(one: Mapping[str, Any]) -> Known:
    return Known(one["entity"], one["field"], tuple(one["match"].items()))


def _sees(told: Mapping[str, Any]) -> Sees:
    return Sees(**{name: tuple(_seer(one) for one in rules) for name, rules in told.items()})


def _seer(one: Mapping[str, Any]) -> Seer:
    sets = {name: frozenset(one[name]) for name in ("roles", "at") if name in one}
    return Seer(**{**one, **sets})


def _keeps(told: Iterable[Mapping[str, Any]]) -> tuple[Keep, ...]:
    return tuple(Keep(one["entity"], one["values"]) for one in told)


def _node(key: str, one: Mapping[str, Any]) -> Node:
    return Node(
        key=key,
        title=one["title"],
        who=_who(one["who"]) if "who" in one else None,
        sign=Sign(**one["sign"]) if "sign" in one else Sign(),
        actions={name: _action(name, told) for name, told in one.get("actions", {}).items()},
        edits=tuple(one.get("edits", ())),
        needs=tuple(one.get("needs", ())),
        verbs=frozenset(one.get("verbs", VERBS)),
        supplements=tuple(one.get("supplements", ())),
        skip_same=one.get("skip_same", False),
        route=_branches(one.get("route", ())),
        children=_children(one["children"]) if "children" in one else None,
        table=one.get("decide", ""),
        look_up=LookUp(**one["look_up"]) if "look_up" in one else None,
        then=_branches(one.get("then", ())),
        ends=one.get("ends", ""),
        limit=_limit(one["limit"]) if "limit" in one else None,
        progress=one.get("progress", 0),
        feedback=_feedback(one["feedback"]) if "feedback" in one else None,
        requests=frozenset(one.get("requests", ())),
        keeps=_keeps(one.get("keeps", ())),
        copies=_copies(one),
        push=Push(**one["push"]) if "push" in one else None,
        hears={name: _action(name, told) for name, told in one.get("hears", {}).items()},
    )


def _who(one: Mapping[str, Any]) -> Who:
    return Who(**one)


def _action(key: str, one: Mapping[str, Any]) -> Action:
    branches = _branches(one["route"]) if "route" in one else (Branch(one.get("to", "")),)
    return Action(key, one["label"], branches, one.get("opinion") == "required", _copies(one))


def _copies(one: Mapping[str, Any]) -> tuple[Who, ...]:
    return tuple(_who(rule) for rule in one.get("cc", ()))


def _branches(told: Sequence[Mapping[str, Any]]) -> tuple[Branch, ...]:
    return tuple(Branch(one["to"], one.get("if", "")) for one in told)


def _children(one: Mapping[str, Any]) -> Children:
    join = Join(**one["join"]) if "join" in one else Join()
    more = tuple(Share(**share) for share in one.get("more", ()))
    return Children(**{**one, "join": join, "more": more})


def _feedback(one: Mapping[str, Any]) -> Feedback:
    limit = TimeLimit(
        read_limit(one["every"]), read_yellow(one["yellow"]) if "yellow" in one else None
    )
    return Feedback(limit, tuple(one.get("edits", ())), tuple(one.get("needs", ())))


def _urges(one: Mapping[str, Any]) -> Urges:
    return Urges(read_limit(one["every"]), tuple(_who(rule) for rule in one["chain"]))
