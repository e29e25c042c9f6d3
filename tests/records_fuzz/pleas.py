"""Cases that make it as hard as they can to keep a secret, and who sees what of them, said plainly.

A plea has a text with numbers in it, fields bound to personal elements, a field and a file that
not everybody sees, opinions, reasons and notes with numbers, files beside opinions, a title with a
number; it keeps a record, and a question to streets takes one of its kind over. What every reader
sees of it is said here a second time, by hand, and held against all that the node answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.kernel.records.types import Field

from .canaries import tokens_of
from .inventing import invent_element, token

PLEA = """
case: demo.plea
title: {zh: 陈情, en: Plea}
prefix: CQ
fields:
  body: {label: {zh: 内容, en: Body}, kind: longtext, personal: inside}
  phone: {label: {zh: 电话, en: Phone}, element: mobile_phone, sees: {clear: [{holder: true}, {roles: [steward], of: starter}]}}
  number: {label: {zh: 证号, en: Identity number}, element: resident_id}
  price: {label: {zh: 底价, en: Lowest price}, sees: {clear: [{holder: true, at: [office]}], masked: [{roles: [director]}]}}
  scan: {label: {zh: 原件, en: Scan}, kind: files, sees: {clear: [{holder: true}]}}
  department: {label: {zh: 部门, en: Department}, kind: organization, levels: [department], reach: city}
  reply: {label: {zh: 答复, en: Reply}}
  place: {label: {zh: 地点, en: Place}}
start: {roles: [viewer], edits: [body, phone, number, price, scan, place], needs: [body], to: sort}
oversees: [engineer, director]
reads: [viewer]
attachments: {clear: [{holder: true}, {roles: [steward], of: starter}]}
nodes:
  sort:
    title: {zh: 派单, en: Sorting}
    who: {role: steward, of: starter}
    edits: [department, phone]
    needs: [department]
    actions:
      sent: {label: {zh: 派出, en: Send}, to: office}
  office:
    title: {zh: 办理, en: Office}
    who: {role: steward, of: department}
    edits: [reply]
    actions:
      done: {label: {zh: 办结, en: Done}, to: ended}
  ended:
    title: {zh: 已办结, en: Ended}
    ends: ended
    keeps:
      - {entity: village.resident, values: {name: "'李想'", number: number, phone: phone, diary: price}}
"""

REPLY = """
case: demo.word
title: {zh: 回话, en: Word}
prefix: HH
fields:
  place: {label: {zh: 街道, en: Street}, kind: organization}
  call: {label: {zh: 电话, en: Phone}, element: mobile_phone}
start: {roles: [engineer], edits: [call], to: fill}
oversees: [director]
nodes:
  fill:
    title: {zh: 填报, en: Fill in}
    who: {role: steward, of: place}
    actions:
      agree: {label: {zh: 上报, en: Report}, to: done}
  done: {title: {zh: 已上报, en: Reported}, ends: reported}
"""

ASK = """
case: demo.question
title: {zh: 询问, en: Question}
prefix: XW
fields:
  call: {label: {zh: 电话, en: Phone}, element: mobile_phone}
start: {roles: [engineer], edits: [call], to: collect}
oversees: [director]
nodes:
  collect:
    title: {zh: 收集中, en: Collecting}
    who: {starter: true}
    push: {type: demo.word, level: street, into: place, data: {call: call}}
    actions:
      agree: {label: {zh: 结束, en: Close}, to: done}
  done: {title: {zh: 已结束, en: Closed}, ends: closed}
"""
TYPES = (REPLY, ASK, PLEA)

STEWARDS = {"sort": {"low-steward"}, "office": {"steward", "both"}}
"""Who of the accounts is asked at a step: stewards of the starter's street, then of D01. 办理人。"""
CLERK, COPIED = "low-viewer", "viewer"
ABOVE = {"engineer", "director", "all-three"}
NEAR = {CLERK, "both"}
"""The clerk, and who reads what the streets below D01 start. 可读人员。"""
TRUSTED = {"engineer", "director", "steward", "low-steward", "both", "all-three"}
"""Who holds `workflow.personal.see`. 可见个人信息者。"""


@dataclass(frozen=True)
class Plea:
    """A plea before it is planted: how far it comes, and what stands in it. 计划中的陈情。"""

    label: str
    step: str
    values: Mapping[str, Any]
    said: Mapping[str, str] = field(default_factory=dict)
    """What was written beside the fields, by who wrote it. 意见文字。"""
    beside: str = ""
    """What stands in the file that the steward of the street attaches. 随附文件内容。"""
    reached: frozenset[str] = frozenset()
    """Everybody who was asked, copied, or did something, beside the clerk and those above. 涉及人员。"""

    @property
    def holders(self) -> set[str]:
        """Who is asked now. 当前办理人。"""
        return STEWARDS.get(self.step, set())

    def clear(self, who: str) -> dict[str, Any]:
        """What somebody sees whole, by part. 可见原文。"""
        if not self.reads(who):
            return {}
        holds, trusted = who in self.holders, who in TRUSTED
        found = {"place": self.values["place"]}
        if trusted and (holds or who == "low-steward"):
            found["phone"] = self.values["phone"]
        if trusted and holds:
            found["body"] = self.values["body"]
            found["said"] = " ".join(self.said.values())
        if holds and self.step == "office":
            found["price"] = self.values["price"]
        if holds:
            found["scan"] = self.values["scan"]
            found["scan name"] = self.values["name"]
        if holds or who == "low-steward":
            found["beside"] = self.beside
        if self.beside and ((holds and trusted) or who == "low-steward"):
            found["beside name"] = self.values["beside name"]
        return found | {"own": self.said.get(who, "")}

    def reads(self, who: str) -> bool:
        """Whether somebody may read it at all. 是否可读。"""
        return who in {*NEAR, *ABOVE, *self.holders, *self.reached}

    @property
    def parts(self) -> list[Any]:
        """Everything that not everybody may see. 全部受限内容。"""
        return [*self.values.values(), *self.said.values(), self.beside]

    def unmaskable(self, who: str) -> list[Any]:
        """What somebody may see whole with a reason. 可查看明文项。"""
        if who not in TRUSTED or not self.reads(who):
            return []
        return [*(self.values[key] for key in ("body", "phone", "number")), *self.said.values()]


def phone(serial: int, twist: int) -> str:
    """A number whose mask is the same in both worlds. 两界掩码相同的号码。"""
    return str(invent_element("mobile_phone", serial, twist, Field("phone", {})))


def plan_pleas(twist: int) -> list[Plea]:
    """The pleas of a world; nothing in them is the same in the other but what a mask lets show. 陈情计划。"""
    return [
        _plan(0, "sort", twist),
        _plan(1, "office", twist, {"low-steward", COPIED}),
        _plan(2, "ended", twist, {"low-steward", COPIED, "steward", "both"}),
        _plan(3, "office", twist, {"low-steward", COPIED}),
    ]


def _plan(at: int, step: str, twist: int, reached: set[str] = frozenset()) -> Plea:  # type: ignore[assignment]
    serial = 60_000 + at * 100
    said = {}
    if step != "sort":
        said["low-steward"] = f"请联系{phone(serial + 4, twist)}"
    if at == 0:
        said["all-three"] = f"请催{phone(serial + 10, twist)}"
    if at == 3:
        said["engineer"] = f"暂停，等{phone(serial + 5, twist)}回话"
    return Plea(
        f"plea#{at}", step,
        {
            "body": f"路灯不亮，请回电{phone(serial, twist)}谢谢",
            "phone": phone(serial + 1, twist),
            "number": invent_element("resident_id", serial + 2, twist, Field("number", {})),
            "price": token(serial + 3, twist),
            # Whoever reads the case reads this: the same in both worlds.
            "place": token(serial + 12, 0),
            "scan": token(serial + 6, twist),
            "title": f"来信人{phone(serial + 7, twist)}反映路灯",
            "name": f"附{phone(serial + 8, twist)}.pdf",
            "beside name": f"附{phone(serial + 11, twist)}.pdf",
        },
        said,
        beside=token(serial + 9, twist) if step != "sort" else "",
        reached=frozenset(reached),
    )  # fmt: skip


QUESTION = "question#0"


def question(twist: int) -> str:
    """The number in the question that goes to every street. 询问中的号码。"""
    return phone(61_000, twist)


def secrets_of(who: str, twist: int = 0, *, unmasking: bool = False) -> set[str]:
    """The canaries that somebody may find nowhere. 不可见标记。"""
    hidden, shown = tokens_of(question(twist)), set()
    for plea in plan_pleas(twist):
        hidden |= {one for part in plea.parts for one in tokens_of(part)}
        shown |= {one for part in plea.clear(who).values() for one in tokens_of(part)}
        if unmasking:
            shown |= {one for part in plea.unmaskable(who) for one in tokens_of(part)}
            shown |= tokens_of(question(twist)) if who in {*ABOVE, "low-steward"} else set()
    return hidden - shown
