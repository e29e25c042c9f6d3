"""What of a case its reader sees: worked out once, for whatever shows it. 表单项可见性。

A field is seen whole, masked, or not at all. The mask is that of its data element, as for records;
of a text with personal data inside, that of the finder. What people write beside the fields is
masked like such a text where a case holds personal data at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from yiwang.kernel.base.act import Actor
from yiwang.kernel.records import services as records
from yiwang.kernel.standards import services as standards
from yiwang.kernel.workflow.models import CaseEntry
from yiwang.kernel.workflow.types import OPEN, CaseState, CaseType, Field, Person, Seer, Sees

from .permissions import PERSONAL

Look = Literal["clear", "masked", "hidden"]
CLEAR: Look = "clear"
MASKED: Look = "masked"
HIDDEN: Look = "hidden"
SAID = ("opinion", "reason", "note")
WORDS = "words"
"""Names what people wrote beside the fields, where it is unmasked. 意见文字。"""
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Looks:
    """How each field of a case is seen, and whether opinions and reasons are seen whole. 可见方式。

    `beside` is for files that others sent beside the fields: whole or not there.
    """

    fields: Mapping[str, Look]
    words: bool
    beside: Look = CLEAR

    def unmask(self, names: Collection[str]) -> Looks:
        """The same with some of what is masked seen whole. 明文查看。"""
        told = {key: CLEAR if key in names else one for key, one in self.fields.items()}
        return replace(self, fields=told, words=self.words or WORDS in names)


@dataclass(frozen=True, slots=True)
class _Reader:
    person: Person
    state: CaseState
    holds: bool
    trusted: bool

    def is_one_of(self, seers: Iterable[Seer]) -> bool:
        return any(self._is(one) for one in seers)

    def _is(self, one: Seer) -> bool:
        return (
            (self.holds or not one.holder)
            and (self.person.account == self.state.starter or not one.starter)
            and (self.state.node in one.at or not one.at)
            and (self._serves(one) or not one.roles)
        )

    def _serves(self, one: Seer) -> bool:
        if not one.roles & self.person.roles:
            return False
        return not one.of or bool(self._places(one.of) & self.person.organizations)

    def _places(self, of: str) -> set[str]:
        value = self.state.organization if of == "starter" else self.state.data.get(of)
        listed = value if isinstance(value, list) else [value]
        return {str(one) for one in listed if one}


def find_looks(actor: Actor, person: Person, case_type: CaseType, state: CaseState) -> Looks:
    """How somebody who may read a case sees it now. 查可见方式。"""
    open_tasks = [one for one in state.tasks.values() if one.status == OPEN]
    holds = state.live and any(person.is_asked(one.holder) for one in open_tasks)
    reader = _Reader(person, state, holds, actor.may(PERSONAL))
    fields = {key: _look(one, reader) for key, one in case_type.fields.items()}
    words = not holds_personal(case_type) or (holds and reader.trusted)
    beside = _look(Field("", {}, kind="files", sees=case_type.beside), reader)
    return Looks(fields, words, beside)


def _look(field: Field, reader: _Reader) -> Look:
    personal, sees = is_personal(field), field.sees
    if sees.clear is not None:
        named = reader.is_one_of(sees.clear)
    elif field.personal:
        named = reader.holds
    else:
        named = not personal and sees.masked is None
    if named and (reader.trusted or not personal):
        return CLEAR
    if field.kind == "files":
        return HIDDEN  # Of a file nothing is left under a mask.
    shown = named or sees.masked is None or reader.is_one_of(sees.masked)
    return MASKED if shown else HIDDEN


def is_personal(field: Field) -> bool:
    """Whether a field is masked for whom nothing else is said. 是否脱敏。"""
    return records.is_masked(field.element, inside=field.personal)


def is_guarded(field: Field) -> bool:
    """Whether not everybody who may read a case sees this field whole. 是否受限可见。"""
    return is_personal(field) or field.sees != Sees()


def holds_personal(case_type: CaseType) -> bool:
    """Whether cases of a type hold personal data, so that what is said of them may too. 是否含个人信息。"""
    return any(map(is_personal, case_type.fields.values()))


def show_data(case_type: CaseType, data: Mapping[str, Any], looks: Looks) -> dict[str, Any]:
    """What was filled in, as it is seen: masked where it must be, without what is hidden. 可见填报值。"""
    return {
        key: _show(case_type.fields.get(key), value, looks.fields.get(key, CLEAR))
        for key, value in data.items()
        if looks.fields.get(key) != HIDDEN
    }


def _show(field: Field | None, value: Any, look: Look) -> Any:
    if field is None or look == CLEAR or value in EMPTY:
        return value
    if not is_personal(field) or isinstance(value, list):
        return records.STARS
    return records.masker(field.element, inside=field.personal)(value) or records.STARS


def show_entries(
    actor: Actor, case_type: CaseType, entries: Iterable[CaseEntry], looks: Looks
) -> list[CaseEntry]:
    """The log as it is seen; one's own words are never masked for oneself. 可见日志。

    The rows are changed in memory only: a log is never written again.
    """
    found = list(entries)
    for entry in found:
        entry.body = _show_body(case_type, entry.body, looks, own=entry.actor == actor.id)
    return found


def _show_body(
    case_type: CaseType, body: Mapping[str, Any], looks: Looks, *, own: bool
) -> dict[str, Any]:
    shown = dict(body)
    if isinstance(body.get("data"), Mapping):
        shown["data"] = show_data(case_type, body["data"], looks)
    if isinstance(body.get("fields"), list):
        shown["fields"] = [key for key in body["fields"] if looks.fields.get(key) != HIDDEN]
    if "title" in body:
        shown["title"] = title_for(case_type, body["title"])
    if own:
        return shown
    if looks.beside == HIDDEN and isinstance(body.get("files"), list):
        shown["files"] = []
    if looks.words:
        return shown
    shown |= {name: standards.mask_spans(body[name]) for name in SAID if name in body}
    if isinstance(shown.get("files"), list):
        shown["files"] = [{**one, "name": mask_words(one["name"])} for one in shown["files"]]
    return shown


def is_altered(was: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether something that people wrote reads otherwise than it stands. 是否已脱敏。

    A file that is not there reads no otherwise: nothing unmasks it.
    """
    named = {one["id"]: one["name"] for one in was.get("files") or ()}
    return any(was.get(name) != shown.get(name) for name in SAID) or any(
        named[one["id"]] != one["name"] for one in shown.get("files") or ()
    )


def mask_words(text: str) -> str:
    """What people wrote, with the personal data in it masked. 文字脱敏。"""
    return standards.mask_spans(text) or ""


def title_for(case_type: CaseType, title: str) -> str:
    """What a case is called in lists, notices, calendars and webhooks, where nobody is asked who reads it. 流程标题。"""
    return mask_words(title) if holds_personal(case_type) else title
