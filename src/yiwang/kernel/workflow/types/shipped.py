"""Case types that come with the platform, and what their steps do. 内置流程。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.registry import Registry


@dataclass(frozen=True, slots=True)
class Arrival:
    """That a case about a thing has come to a step. 到达环节。

    `opinion` is what was written with the decision that brought it there.
    """

    subject: str
    node: str
    data: Mapping[str, Any]
    opinion: str = ""


Effect = Callable[[Act, Arrival], None]
Ended = Callable[[Act, str, str], None]
"""Act, the thing, and the outcome of its case. 办结通知。"""


@dataclass(frozen=True, slots=True)
class ShippedType:
    """A case type about things of a module. 内置流程类型。

    `package` and `file` name its YAML. `effects` are called within the act when a case comes to a
    step, by its key, and may refuse: they ask for the permission that the change needs, for a
    step may be in the hands of anybody. `url` is the page of a thing. `ended` hears of each case
    that is over, with its outcome, empty for one that was terminated. `catch_up` opens the cases
    that are missing, after an upgrade and whenever a node is prepared, and says how many it looked after.
    """

    code: str
    package: str
    file: str
    url: Callable[[str], str]
    effects: Mapping[str, Effect] = field(default_factory=dict)
    ended: Ended | None = None
    catch_up: Callable[[Act], int] | None = None


SHIPPED_TYPES: Registry[ShippedType] = Registry("shipped case type")


@dataclass(frozen=True, slots=True)
class AboutCase:
    """The open case about a thing, as the pages of the thing show it. 在办流程。

    `visible` says whether the reader may open it.
    """

    id: str
    number: str
    code: str
    title: Mapping[str, str]
    node: Mapping[str, str]
    status: str
    due_at: datetime
    yellow_at: datetime
    visible: bool = False
