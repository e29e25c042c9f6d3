"""What the files of an app declare about records. 业务对象声明。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .dashboards import Dashboard
from .slots import Slots

Label = Mapping[str, str]
FieldKind = Literal[
    "text", "longtext", "integer", "number", "date", "datetime", "boolean",
    "choice", "choices", "link", "person", "organization", "point", "files", "group",
]  # fmt: skip
Verb = Literal["see", "create", "edit", "remove", "export", "import", "history", "reveal"]
VERBS: tuple[Verb, ...] = (
    "see", "create", "edit", "remove", "export", "import", "history", "reveal",
)  # fmt: skip
Scope = Literal["all", "own", "mine"]
ViewKind = Literal["list", "board", "calendar", "timeline", "map", "slots"]
LEVELS = 5
WHOLE_KINDS: frozenset[FieldKind] = frozenset({"longtext", "choices", "files", "group"})
"""Kinds that are read and shown whole, never compared: no filter, no order. 不可筛选类型。"""


@dataclass(frozen=True, slots=True)
class Known:
    """Where a value stands already: a field of the record of `entity` that matches. 已知来源。

    `match` tells which record: fields of that entity and the fields here that hold the same. They
    are a key of it, or `id` and a link to it, so that there is never more than one.
    """

    entity: str
    field: str
    match: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One datum of a record. 字段。

    `element` names the data element that checks, masks and names it. `number` is exact, with
    `decimals` places (money has 2); `choices` are code and label, or those of `code_set`; `to` is
    the entity that a link points to; `fields` those of one row of a `group`; `most` how many rows
    or files there may be; `types` the content types that may be uploaded, each file of at most
    `megabytes`. `computed` is an expression over other fields, stored whenever they change. `was` is the key under which it stood in the version
    before. `again` says why it is asked though another register shares it; `known` where its value stands already. `grade` is the least protection grade, beside what the element says.
    `personal` is `inside` where people may write numbers and names into the text: these are masked.
    `column` is the physical name, given once; empty in a declaration that was not published.
    """

    key: str
    label: Label
    kind: FieldKind = "text"
    element: str = ""
    required: bool = False
    choices: tuple[tuple[str, Label], ...] = ()
    code_set: str = ""
    decimals: int = 0
    unit: Label = field(default_factory=dict)
    to: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    most: int = 0
    longest: int = 0
    types: tuple[str, ...] = ()
    megabytes: int = 10
    computed: str = ""
    default: str = ""
    help: Label = field(default_factory=dict)
    was: str = ""
    grade: int = 0
    again: str = ""
    personal: str = ""
    known: Known | None = None
    column: str = ""

    @property
    def stored(self) -> Literal["text", "integer"]:
        """How the column holds it: numbers scaled to whole ones, all else as text. 存储类型。

        Dates are ISO texts, moments ISO texts in UTC, groups and lists JSON; so one order and one
        comparison holds on every database.
        """
        return "integer" if self.kind in ("integer", "number", "boolean") else "text"

    @property
    def compares(self) -> bool:
        """Whether lists may narrow and order by it. 可否筛选。"""
        return self.kind not in WHOLE_KINDS


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a record is kept, counted from a date field or from its last change. 保存期限。"""

    years: int
    since: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue is told of an entity beyond its fields. 目录信息。

    `cycle`, `sharing` and `catalogue_class` are words of the catalogue; `snapshots` how often the rows are
    laid down as a version: `hourly`, `daily`, `weekly`, `monthly` or `never`.
    """

    abstract: Label = field(default_factory=dict)
    cycle: str = "daily"
    sharing: str = ""
    catalogue_class: str = "3"
    snapshots: str = "daily"


@dataclass(frozen=True, slots=True)
class Texts:
    """Which texts of a record are read by the machine, and for what. 文本判读。

    `of` are the fields that are read, the title first; `to` the one that holds the category, its
    levels with `/` between. `tree` is the entity whose records are the categories, `levels` their
    fields. Below the confidence `least` none is proposed. `at` says when a text came, `place` where from.
    """

    of: tuple[str, ...]
    to: str = ""
    tree: str = ""
    levels: tuple[str, ...] = ()
    least: float = 0.5
    at: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One declared kind of record. 业务对象。

    `code` is `app.entity`; `titled_by` the field that names a record; `key` the fields that
    together tell records apart, `unique` more such groups; `search` the fields whose words are
    found. `slots` says which places its records take. `table` is the physical name and `id` its
    number; empty and 0 before it is published.
    """

    code: str
    title: Label
    fields: Mapping[str, Field]
    titled_by: str
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    search: tuple[str, ...] = ()
    grade: int = 0
    retention: Retention | None = None
    entry: Entry = Entry()
    slots: Slots | None = None
    help: Label = field(default_factory=dict)
    texts: Texts | None = None
    table: str = ""
    id: int = 0

    @property
    def app(self) -> str:
        """The app that declares it. 所属应用。"""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """A field where a form asks for it. 表单项。 `when` is a condition over other fields."""

    key: str
    when: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that are asked together; with a condition, only where it holds. 表单分区。"""

    title: Label
    asks: tuple[Asked, ...]
    when: str = ""
    help: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """How an entity is filled in: all sections on one page, or one after the other. 表单。"""

    code: str
    entity: str
    title: Label
    sections: tuple[Section, ...]
    style: Literal["sections", "steps"] = "sections"
    help: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """How records of an entity are shown. 视图。

    `where` is a fixed filter in the query language; `filters` and `order` name fields (`-opened`
    is newest first). A board has a column per choice of `by`; a calendar and a timeline run from
    `since` to `until`; a map puts records at the point field `at`; `slots` shows what is free and taken of what they book.
    """

    code: str
    entity: str
    title: Label
    kind: ViewKind = "list"
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    where: str = ""
    by: str = ""
    since: str = ""
    until: str = ""
    at: str = ""
    help: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """What roles may do with the records of an entity, which of them, and what stays hidden. 授权。

    `rows`: all, those of organizations within reach (`own`), or those one created (`mine`); of
    these only those for which `where` holds (query language; `me`, `my_organization` and `today`
    may stand for values as `'$me'`, `'$my_organization'`, `'$today'`). `hides` are fields that do not exist
    for these roles; `clear` personal fields that are shown unmasked; `edits` the only fields that
    may be written (none named: all). Roles add up: what any grant allows is allowed.
    """

    roles: frozenset[str]
    verbs: frozenset[Verb]
    rows: Scope = "own"
    where: str = ""
    hides: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()
    edits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that one app declares about records; it never changes after it was published. 声明包。

    `entities` by code; `forms`, `views` and `dashboards` by code (`app.name`), `grants` by entity code. `owner` is the
    organization whose data these are.
    """

    app: str
    title: Label
    owner: str
    entities: Mapping[str, Entity]
    forms: Mapping[str, Form] = field(default_factory=dict)
    views: Mapping[str, View] = field(default_factory=dict)
    dashboards: Mapping[str, Dashboard] = field(default_factory=dict)
    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)
    version: int = 0
