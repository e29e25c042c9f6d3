"""The words of deliveries. 报送用语。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.registry import Registry


class DeliveryKind(TextChoices):
    """What a delivery declares itself to be. 报送方式。"""

    FULL = "full", _("Full: replaces what was there")
    APPEND = "append", _("Append: adds rows")
    UPSERT = "upsert", _("Upsert: adds rows and replaces those with the same key")
    DELETE = "delete", _("Delete: removes rows with the same key")


class DeliveryState(TextChoices):
    """Where a delivery stands. 报送状态。"""

    PREVIEW = "preview", _("Preview: waits for your word")
    RECEIVED = "received", _("Waiting")
    LANDING = "landing", _("Landing")
    LANDED = "landed", _("Landed")
    HELD = "held", _("Held: needs your decision")
    FAILED = "failed", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    PURGED = "purged", _("Purged")


PoolKind = Literal["full", "append", "upsert", "delete"]


def kind_of(kind: str) -> PoolKind:
    """A stored kind as the pool names it. 报送方式。"""
    return cast("PoolKind", DeliveryKind(kind).value)


LIGHTS: dict[str, Literal["green", "yellow", "red"]] = {
    DeliveryState.LANDED: "green",
    DeliveryState.HELD: "yellow",
    DeliveryState.PREVIEW: "yellow",
    DeliveryState.FAILED: "red",
}


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the sender says about the file. 报送说明。

    `kind` empty means as the resource's mapping says, else full. Headings are those of the file:
    `columns` maps one to the element it is (empty: none), `names` to what it is called from now on, `left_out`
    lists those that do not land, `key` those that identify a row. `sheets` are gathered into one
    table. `waived` lists the held checks that a person has looked at (`shrink`, `drift`).
    `confirmed` says that a person saw a preview. `exact` is said of what this platform wrote itself:
    it neither follows the mapping nor becomes it. `stands_on` is the version that a whole register
    written anew was made from: where another came meanwhile, it does not land. What is empty is
    proposed and done as usual.
    """

    kind: str = DeliveryKind.FULL
    key: tuple[str, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    records: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None
    header_rows: int | None = None
    footer_rows: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    confirmed: bool = False
    exact: bool = False
    stands_on: str = ""

    def as_json(self) -> dict[str, Any]:
        """As stored with the delivery. 存储形式。"""
        return {
            name: (list(value) if isinstance(value, tuple) else value)
            for name in self.__slots__
            if (value := getattr(self, name))
            or (value == 0 and value is not False)  # header row 0: there is none
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Instructions:
        """As read back. 读回。"""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in found.items()
        }
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one table of a delivered file. 报送结果。"""

    delivery: str
    state: str
    file: str
    member: str
    resource: str
    resource_code: str
    resource_name: str
    version: int | None
    rows: int
    columns: tuple[Mapping[str, Any], ...]
    encoding: str
    differences: Mapping[str, int]
    notes: tuple[str, ...] = ()
    error: Mapping[str, Any] | None = None


Turn = Literal["landed", "withdrawn", "purged"]
DeliveryFollower = Callable[[Act, str, Turn], None]
DELIVERY_FOLLOWERS: Registry[DeliveryFollower] = Registry("follower of deliveries")
"""What modules above change along with a delivery, in the same transaction; they may refuse. 报送联动登记。"""


def follow(act: Act, delivery_id: str, turn: Turn) -> None:
    """Tell every follower what a delivery came to. 联动。"""
    for follower in DELIVERY_FOLLOWERS.values():
        follower(act, delivery_id, turn)
