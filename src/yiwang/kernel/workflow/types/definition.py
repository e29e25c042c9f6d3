"""A case type as its file declares it. 流程定义。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from yiwang.kernel.calendar.types import Limit, Yellow

AGREE = "agree"

Label = Mapping[str, str]
FieldKind = Literal[
    "text", "longtext", "number", "integer", "date", "boolean", "choice",
    "person", "people", "organization", "organizations",
]  # fmt: skip
SignRule = Literal["one", "all", "any", "count", "ratio"]
Verb = Literal["return", "transfer", "delegate", "add_signers", "supplement", "withdraw"]
VERBS: tuple[Verb, ...] = (
    "return", "transfer", "delegate", "add_signers", "supplement", "withdraw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One datum of a case. 表单项。 `element` names the data element that checks and masks it."""

    key: str
    label: Label
    kind: FieldKind = "text"
    element: str = ""
    choices: tuple[tuple[str, Label], ...] = ()
    help: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Who:
    """Who gets a task: one source, and where it is looked for. 办理人规则。

    `starter`, `handled` (whoever did that node), `field` (a field holding an account or
    organization), or `role` in the organization that `of` names: `starter`, a field, or a code.
    `each` is a field with a list: one task for each of its members. `not_starter`: nobody decides
    about what they asked for themselves.
    """

    starter: bool = False
    handled: str = ""
    field: str = ""
    role: str = ""
    of: str = ""
    each: str = ""
    not_starter: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """When several who sign have decided. 会签规则。

    `all` everybody agrees (会签), `any` the first decides (或签), `count` and `ratio` so many agree
    (票签); `amount` is that number or share.
    """

    rule: SignRule = "one"
    amount: float = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on: to a node, if a guard holds. 分支。"""

    to: str
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What may be decided at a node. 办理动作。 `asks_opinion`: an opinion must be written."""

    key: str
    label: Label
    branches: tuple[Branch, ...]
    asks_opinion: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """When children have done enough: all, any, so many, such a share. 汇聚规则。"""

    rule: Literal["all", "any", "count", "ratio"] = "all"
    amount: float = 0


@dataclass(frozen=True, slots=True)
class Children:
    """Cases that a node opens side by side. 并联子流程。

    One of `type` for each member of the list field `each` (an organization), which becomes the
    child's field `into`; `data` maps fields of the child to fields of the parent.
    """

    type: str
    each: str
    into: str
    data: Mapping[str, str] = field(default_factory=dict)
    join: Join = Join()


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long something may take, and from when it is yellow. 时限。"""

    within: Limit
    yellow: Yellow | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One state of a case: people decide, a way is taken, children run, or it ends. 环节。

    Exactly one of `who`, `route`, `table`, `children`, `ends` says which; a decision `table` fills
    fields, and `then` leads on. `edits` are the fields that may be
    filled here, `needs` those of them that must be. `skip_same`: whoever just decided need not
    decide again. `limit` is how long the step may take. `progress` is what the case counts for in its parent while it is here, 0 to 1.
    """

    key: str
    title: Label
    who: Who | None = None
    sign: Sign = Sign()
    actions: Mapping[str, Action] = field(default_factory=dict)
    edits: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    verbs: frozenset[Verb] = frozenset(VERBS)
    skip_same: bool = False
    route: tuple[Branch, ...] = ()
    children: Children | None = None
    table: str = ""
    then: tuple[Branch, ...] = ()
    ends: str = ""
    limit: TimeLimit | None = None
    progress: float = 0

    @property
    def decides(self) -> bool:
        """Whether people decide here. 是否人工环节。"""
        return self.who is not None

    @property
    def votes(self) -> bool:
        """Whether several decide together, so that who is asked is part of the decision. 是否共同决定。"""
        return self.sign.rule in ("all", "count", "ratio")

    @property
    def positive(self) -> str:
        """The action that counts as agreeing: the first one declared. 同意动作。"""
        return next(iter(self.actions), AGREE)


@dataclass(frozen=True, slots=True)
class CaseType:
    """One version of a case type; it never changes after it was published. 流程类型。

    `starts` are the roles that may start one, `oversees` those that may suspend, resume, terminate,
    urge and hand on tasks of others, `reads` those that may look. `fallback` is asked
    where a step names nobody, else who oversees. `limits` are the `legal` and the
    `promised` one, `tables` decision tables as written; `escalates` names who hears when one is overdue, else who oversees.
    """

    code: str
    title: Label
    fields: Mapping[str, Field]
    nodes: Mapping[str, Node]
    first: str
    starts: frozenset[str]
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    oversees: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    tables: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, TimeLimit] = field(default_factory=dict)
    escalates: Who | None = None
    fallback: Who | None = None
    prefix: str = ""
    version: int = 0
