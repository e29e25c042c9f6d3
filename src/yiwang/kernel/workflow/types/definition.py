"""A case type as its file declares it. 流程定义。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from yiwang.kernel.calendar.types import Limit, Yellow
from yiwang.kernel.records.types import Known

AGREE = "agree"
OWN = "organization"
"""Names the organization that a case belongs to, where a push says below whom. 本机构。"""

Label = Mapping[str, str]
FieldKind = Literal[
    "text", "longtext", "number", "integer", "date", "boolean", "choice",
    "person", "people", "organization", "organizations", "files", "same",
]  # fmt: skip
Reach = Literal["own", "city"]
SignRule = Literal["one", "all", "any", "count", "ratio"]
Verb = Literal["return", "transfer", "delegate", "add_signers", "supplement", "withdraw"]
VERBS: tuple[Verb, ...] = (
    "return", "transfer", "delegate", "add_signers", "supplement", "withdraw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seer:
    """Some of those who may read a case; all that is said must hold of them. 可见人员。

    `holder`: the case waits for them now. `starter`: they started it. `roles` hold in the organization
    that `of` names (`starter`, or a field for an organization), without it in any; `at` are the steps
    while which it holds.
    """

    holder: bool = False
    starter: bool = False
    roles: frozenset[str] = frozenset()
    of: str = ""
    at: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sees:
    """Who sees a field whole, and who masked; None where nothing is said of it. 表单项可见范围。

    Where `masked` is said, whoever is in neither sees nothing of it.
    """

    clear: tuple[Seer, ...] | None = None
    masked: tuple[Seer, ...] | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One datum of a case. 表单项。 `element` names the data element that checks and masks it.

    `personal`: there may be personal data inside the text. `sees` says who sees it, and how.

    `same_as` is a field `app.entity.field`, a link or a choice: what can be chosen follows from it.

    Of files there are at most `most`, each of at most `megabytes` and of one of the content `types`
    (without them pictures and documents); `camera` asks a phone for a photograph at once.
    `levels` are the kinds of organizations that may be named; all without it. They lie within the reach
    of who fills it in, or with `reach` `city` anywhere. `known` tells where its value stands already.
    """

    key: str
    label: Label
    kind: FieldKind = "text"
    element: str = ""
    choices: tuple[tuple[str, Label], ...] = ()
    help: Label = field(default_factory=dict)
    types: tuple[str, ...] = ()
    most: int = 20
    megabytes: int = 10
    camera: bool = False
    same_as: str = ""
    levels: tuple[str, ...] = ()
    personal: bool = False
    sees: Sees = Sees()
    reach: Reach = "own"
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Who gets a task: one source, and where it is looked for. 办理人规则。

    `starter`, `handled` (whoever did that node), `field` (a field holding an account or
    organization), or `role` in the organization that `of` names: `starter`, a field, or a code.
    `each` is a field with a list: one task for each of its members. `not_starter`: nobody decides
    about what they asked for themselves. `assigner` is whoever split this part off, at the top the
    starter.
    """

    starter: bool = False
    assigner: bool = False
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
    """What may be decided at a node. 办理动作。

    `asks_opinion`: an opinion must be written. `copies` are told when it is decided so.
    """

    key: str
    label: Label
    branches: tuple[Branch, ...]
    asks_opinion: bool = False
    copies: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """When children have done enough: all, any, so many, such a share. 汇聚规则。"""

    rule: Literal["all", "any", "count", "ratio"] = "all"
    amount: float = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the cases that a node opens: lead, or supporting. 分工。

    One for each member of the list field `each`. `weight`, an expression over the fields, is what
    one of them counts for in the progress of the whole; `give` are expressions for fields of them.
    """

    each: str
    weight: str = ""
    give: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Children:
    """Cases that a node opens side by side. 并联子流程。

    One of `type` for each member of the list field `each` (an organization), which becomes the
    child's field `into`; `data` maps fields of the child to fields of the parent. `weight` and
    `give` are those of a share, `more` further shares; who is named in two counts in the first.
    `belongs`: a child belongs to the organization that it was opened for. The type may be the
    case's own, ten levels deep.
    """

    type: str
    each: str
    into: str
    data: Mapping[str, str] = field(default_factory=dict)
    join: Join = Join()
    weight: str = ""
    give: Mapping[str, str] = field(default_factory=dict)
    more: tuple[Share, ...] = ()
    belongs: bool = False

    @property
    def shares(self) -> tuple[Share, ...]:
        """All shares, the first one first. 全部分工。"""
        return (Share(self.each, self.weight, self.give), *self.more)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long something may take, and from when it is yellow. 时限。

    `by` is a whole-number field that says how many of the same unit instead, where it is filled in.
    """

    within: Limit
    yellow: Yellow | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """How often who is asked must report while they work on it, and what. 定期反馈。"""

    limit: TimeLimit
    edits: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Urges:
    """Who is urged while a light is red: who is asked at once, then one more `every` so long. 逐级催办。"""

    every: Limit
    chain: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class Keep:
    """The record of an entity that a case keeps: made when it first comes here, changed later. 登记。

    `values` are expressions over the fields of the case, by field of the entity. One that a step
    keeps is written when the case comes there, one of the type whenever anything happens to the case.
    """

    entity: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Push:
    """A case for each organization of a level, opened in the background while this one waits. 下发。

    One of `type` for each organization of kind `level` that stands below those named by `under`: a
    field of the case, or `organization`, the one that the case belongs to; without it, the whole
    city. `into` is the child's field that gets the organization's code, `data` maps fields of the
    child to fields of this case. `until` is a date field: the last day on which an answer is in time.
    """

    type: str
    level: str
    under: str = ""
    into: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    until: str = ""


@dataclass(frozen=True, slots=True)
class LookUp:
    """A record that says how a case goes on: the one whose fields hold what the case says. 查表登记。

    `match` are fields of the case by field of the entity, `gives` fields of the entity by field of
    the case. Where a text has levels with `/` between and none is as long, a shorter one counts.
    """

    entity: str
    match: Mapping[str, str]
    gives: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Suggests:
    """What proposes a value for a field: the texts of an entity, told by fields of the case. 建议来源。"""

    entity: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One state of a case: people decide, a way is taken, children run, or it ends. 环节。

    One of `who`, `route`, `table`, `look_up`, `children`, `ends` says which; a decision `table`
    or a record that is looked up fills fields, and `then` leads on. `hears` are the ways that what the case is about takes it by its own
    news; a step with nothing else waits for them. `edits` are the fields that may be
    filled here, `needs` those of them that must be. `supplements` are the fields that the starter may be
    asked for here, once and all together; without them any field, again and again.
    `skip_same`: whoever just decided need not decide again. `push`: what is sent to many organizations while people wait here. `limit` is how long the step may take. `keeps`: records that are written when the case comes here. `copies` are told when a case comes here. `progress` is what the case counts for in its parent while it is here, 0 to 1, or the field in which people report it, 0 to 100. `feedback` is asked for again and again, `requests` are what may be asked of whoever assigned it, where children run by who split it.
    """

    key: str
    title: Label
    who: Who | None = None
    sign: Sign = Sign()
    actions: Mapping[str, Action] = field(default_factory=dict)
    edits: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    verbs: frozenset[Verb] = frozenset(VERBS)
    supplements: tuple[str, ...] = ()
    skip_same: bool = False
    route: tuple[Branch, ...] = ()
    children: Children | None = None
    table: str = ""
    look_up: LookUp | None = None
    then: tuple[Branch, ...] = ()
    ends: str = ""
    limit: TimeLimit | None = None
    progress: float | str = 0
    feedback: Feedback | None = None
    requests: frozenset[str] = frozenset()
    keeps: tuple[Keep, ...] = ()
    copies: tuple[Who, ...] = ()
    push: Push | None = None
    hears: Mapping[str, Action] = field(default_factory=dict)

    @property
    def decides(self) -> bool:
        """Whether people decide here. 是否人工环节。"""
        return self.who is not None

    @property
    def passes(self) -> bool:
        """Whether a case only passes through: nobody does anything here. 是否自动环节。"""
        return bool(self.route or self.table or self.look_up)

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
    urge and hand on tasks of others, `reads` those that may look at what belongs to their
    organizations, `reads_all` at every case. `fallback` is asked
    where a step names nobody, else who oversees. `limits` are the `legal` and the
    `promised` one, `tables` decision tables as written; `escalates` names who hears when one is overdue, else who oversees, `urges` who is urged as long as it is.
    `copies` are told when a case closes. `beside` says who opens files that came beside the fields. `suggests` says which fields get a proposed value; `terminated` what is kept of a case that is.
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
    reads_all: frozenset[str] = frozenset()
    tables: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, TimeLimit] = field(default_factory=dict)
    escalates: Who | None = None
    urges: Urges | None = None
    keeps: tuple[Keep, ...] = ()
    fallback: Who | None = None
    copies: tuple[Who, ...] = ()
    suggests: Mapping[str, Suggests] = field(default_factory=dict)
    terminated: tuple[Keep, ...] = ()
    beside: Sees = Sees()
    prefix: str = ""
    version: int = 0
