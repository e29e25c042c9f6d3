"""A form being filled in: what it asks now, what was answered, how it is drawn. 填报过程。"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.records import services
from yiwang.kernel.records.services import Desk, Offer
from yiwang.kernel.records.services.declaring.conditions import expression_of
from yiwang.kernel.records.services.naming import gather_names
from yiwang.kernel.records.types import Entity, FieldProblem, Form, InvalidValues, Section
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.labels import in_language

from .fields import ask
from .fields_rows import GroupQuestion
from .instead import list_instead
from .questions import ON, Question, QuestionForm
from .showing import show_value
from .sources import Sources

PREFIX = "a"
Answers = dict[str, Any]
Problems = dict[str, list[str]]
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Item:
    """A question where its section asks for it; `text` where it can only be read. 表单项。"""

    key: str
    bound: forms.BoundField | None
    is_asked: bool
    decides: bool = False
    label: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is drawn. 表单分区。 `number` counts from 1."""

    number: int
    title: str
    help: str
    items: Sequence[Item]

    @property
    def is_asked(self) -> bool:
        """Whether anything in it is asked now. 当前是否填写。"""
        return any(one.is_asked for one in self.items)


@dataclass
class Filling:
    """Somebody fills in a form. 填报。

    `answers` are those to its questions, as JSON says them or as they were typed; `standing` what
    the record that is changed holds beside them; `locked` its masked fields, which stay as they
    are. `problems` holds messages by path, "" those of the form as a whole; `notes` what is told
    beside a question; `known` what stands elsewhere already; `focus` the path of what the reader
    goes on with; `offers` free slots in place of one that is full, as a button names each and as
    people read it.
    """

    desk: Desk
    entity: Entity
    form: Form
    writable: frozenset[str]
    standing: Mapping[str, Any] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Offer] = field(default_factory=dict)
    focus: str = ""
    offers: Sequence[tuple[str, str]] = ()

    @cached_property
    def sources(self) -> Sources:
        """Where its questions get what they offer. 可选来源。"""
        return Sources(self.desk, self.entity.code, self.standing)

    @cached_property
    def keys(self) -> list[str]:
        """The fields that the form may ask the reader for, in its order. 全部表单项。"""
        told = [one.key for section in self.form.sections for one in section.asks]
        return [key for key in dict.fromkeys(told) if key in self.writable]

    @property
    def asked(self) -> frozenset[str]:
        """Those that it asks for as things stand. 当前应填项。"""
        return services.asked_of(self.form, {**self.standing, **self.answers}) & set(self.keys)

    @property
    def values(self) -> Answers:
        """The answers to what is asked. 有效答案。"""
        asked = self.asked
        return {key: self.answers.get(key) for key in self.keys if key in asked}

    @cached_property
    def deciding(self) -> frozenset[str]:
        """The fields on whose answers it depends what is asked. 影响条件的字段。"""
        found: set[str] = set()
        for section in self.form.sections:
            for text in (section.when, *(one.when for one in section.asks)):
                found |= expression_of(text).names if text else set()
        return frozenset(found)

    def take(self, request: HttpRequest) -> frozenset[str]:
        """Put what was sent beside the answers there are; gives the questions that were shown. 取答案。"""
        sent, files = request.POST, request.FILES
        shown = frozenset(sent.getlist(ON)) & set(self.keys)
        self.sources.queries = {
            name.removesuffix("-q"): sent[name][:80] for name in sent if name.endswith("-q")
        }
        form = QuestionForm(self._questions(shown), {}, {}, PREFIX)
        self.answers |= form.take(sent, files)
        self.problems |= form.faults
        return shown

    @property
    def takes_over(self) -> bool:
        """Whether any question may be answered by what is known. 可否带入。"""
        return any(self.entity.fields[key].known for key in self.keys)

    def know(self, keys: Collection[str]) -> None:
        """Look up what is known, and answer with it what nobody has answered yet. 带入已知信息。"""
        if not self.takes_over:
            return
        found = services.find_known(
            self.desk, self.entity.fields.values(), {**self.standing, **self.answers}
        )
        self.known = {key: one for key, one in found.items() if key in self.keys}
        for key, one in self.known.items():
            if key in keys and key not in self.answers and not one.masked:
                self.answers[key] = one.value

    def forget_empty(self) -> None:
        """What was left empty counts as not answered yet. 清除空答案。"""
        self.answers = {key: one for key, one in self.answers.items() if not is_empty(one)}

    def settle(self) -> Answers:
        """The answers as they come back from a page that nobody changed. 往返后的答案。"""
        questions = self._questions(self.keys)
        return {key: one.settle(self.answers.get(key)) for key, one in questions.items()}

    def check(self) -> None:
        """Add what is wrong with the answers as a whole. 校验。"""
        try:
            services.check_values(
                self.entity, self._sound(), form=self.form, standing=self.standing or None
            )
        except InvalidValues as error:
            self.add_problems(error.problems)

    def add_problems(self, problems: Collection[FieldProblem]) -> None:
        """Put problems where they can be acted on; what was not understood needs no second word. 添加问题。"""
        for one in problems:
            path, key = one.path, one.path.partition(".")[0]
            if path in self.problems:
                continue
            text = fill(gettext(one.message), dict(one.extra))
            self.offers = self.offers or list_instead(one)
            if key not in self.keys:
                label = self.entity.fields[key].label if key in self.entity.fields else {}
                path, text = "", f"{in_language(label) or key}: {text}"
            self.problems.setdefault(path, []).append(text)

    def add_failure(self, error: YiwangError) -> None:
        """Put any other refusal beside the field it names, else above the form. 添加错误。"""
        named = error.extra.get("fields") or ()
        key = next((one for one in named if one in self.keys), "")
        self.problems.setdefault(key, []).append(explain(error))

    def list_problems(self, keys: Collection[str] | None = None) -> list[tuple[str, str]]:
        """The error summary: where each problem is, and its words, as the page has them. 错误汇总。"""
        form = self._form()
        return [
            (f"#{self._anchor(form, path)}" if path else "", self._say(path, text))
            for path in sorted(self.problems, key=self._order)
            if keys is None or path.partition(".")[0] in keys
            for text in self.problems[path]
        ]

    def draw(self, numbers: Collection[int] | None = None) -> list[Part]:
        """The sections with their questions, all or some of them. 绘制。"""
        form, asked = self._form(), self.asked
        return [
            self._draw_section(number, section, form, asked)
            for number, section in enumerate(self.form.sections, start=1)
            if numbers is None or number in numbers
        ]

    def keys_of(self, section: Section) -> list[str]:
        """The fields that a section may ask the reader for. 分区字段。"""
        return [one.key for one in section.asks if one.key in self.keys]

    def _draw_section(
        self, number: int, section: Section, form: QuestionForm, asked: frozenset[str]
    ) -> Part:
        items = list(self._items(section, form, asked))
        return Part(number, in_language(section.title), in_language(section.help), items)

    def _items(self, section: Section, form: QuestionForm, asked: frozenset[str]) -> Iterator[Item]:
        for one in section.asks:
            if one.key in form.fields:
                decides, note = one.key in self.deciding, self.notes.get(one.key, "")
                yield Item(one.key, form[one.key], one.key in asked, decides, note=note)
            elif one.key in self.locked:
                label = in_language(self.entity.fields[one.key].label)
                yield Item(one.key, None, True, label=label, text=self.locked[one.key])

    def _sound(self) -> Answers:
        """The answers without those that were not understood at all. 可识别的答案。"""
        wrong = {path.partition(".")[0] for path in self.problems}
        return {key: value for key, value in self.values.items() if key not in wrong}

    def _form(self) -> QuestionForm:
        return QuestionForm(
            self._questions(self.keys), self.answers, self.problems, PREFIX, self.focus
        )

    def _questions(self, keys: Collection[str]) -> dict[str, Question]:
        return {key: self._question(key) for key in self.keys if key in keys}

    def _question(self, key: str) -> Question:
        question = ask(self.entity.fields[key], self.sources, key, required=key in self._needed)
        if key in self.known:
            told = (say_known(self.known[key], self), question.help_text)
            question.help_text = " ".join(str(one) for one in told if one)
        return question

    @cached_property
    def _needed(self) -> frozenset[str]:
        """What must be answered where it is asked. 必填字段。"""
        asks = [one for section in self.form.sections for one in section.asks]
        return frozenset(
            one.key for one in asks if one.required or self.entity.fields[one.key].required
        )

    def _anchor(self, form: QuestionForm, path: str) -> str:
        key, _, within = path.partition(".")
        bound = form[key]
        row, _, member = within.partition(".")
        if member and row.isdecimal() and isinstance(form.questions[key], GroupQuestion):
            rows = bound.rows  # type: ignore[attr-defined]
            if int(row) < len(rows) and member in rows[int(row)].fields:
                return self._anchor(rows[int(row)], member)
        return form.questions[key].anchor(bound)

    def _order(self, path: str) -> tuple[int, int, int]:
        """Where a problem comes on the page: by question, row and question of the row."""
        key, _, within = path.partition(".")
        row, _, member = within.partition(".")
        if key not in self.keys:
            return -1, 0, 0
        members = list(self.entity.fields[key].fields)
        place = members.index(member) if member in members else -1
        return self.keys.index(key), int(row) if row.isdecimal() else -1, place

    def _say(self, path: str, text: str) -> str:
        """A problem with the labels of where it is. 问题所在。"""
        if not path:
            return text
        key, _, within = path.partition(".")
        one = self.entity.fields[key]
        words = [in_language(one.label)]
        row, _, member = within.partition(".")
        if row.isdecimal():
            words.append(gettext("row %(number)s") % {"number": int(row) + 1})
        if member in one.fields:
            words.append(in_language(one.fields[member].label))
        told = {"field": " · ".join(words), "problem": text}
        return gettext("%(field)s: %(problem)s") % told


def say_known(offer: Offer, filling: Filling) -> str:
    """Where a value stands already, since when, and what it is where the answer is another. 已知说明。"""
    told = {
        "source": in_language(offer.source.title),
        "day": f"{localtime(offer.at):%Y-%m-%d}",
        "value": say_value(filling, offer),
    }
    if offer.masked:
        text = msg("Known from %(source)s (%(day)s), masked for you: %(value)s")
    elif filling.answers.get(offer.key) == offer.value:
        text = msg("Known from %(source)s (%(day)s). Look at it, and put it right if it is wrong.")
    else:
        text = msg("%(source)s says %(value)s (%(day)s); your correction is kept beside it.")
    return gettext(text) % told


def say_value(filling: Filling, offer: Offer) -> str:
    """What the source says, as people read it. 来源值。"""
    entity, field_ = filling.entity, filling.entity.fields[offer.key]
    names = gather_names(
        lambda code, ids: services.name_records(filling.desk, code, list(ids)),
        {offer.key: entity.fields[offer.key]}, [({offer.key: offer.typed}, frozenset())],
    )  # fmt: skip
    return show_value(field_, offer.typed, names)


def is_empty(value: Any) -> bool:
    """Whether there is no answer. 是否未填。"""
    return value in EMPTY
