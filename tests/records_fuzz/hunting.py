"""The hunt: ask everything in both worlds and say what leaked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.test import Client

from yiwang.kernel.base.act import Actor
from yiwang.kernel.records.types import Entity, Field

from .asking import Answer, Ask, Asker
from .canaries import tokens_of, tokens_of_all
from .model import Model, Sight, is_personal
from .planning import Row, twin_of
from .world import DRAFT_TOKEN, passing, plant, undone

if TYPE_CHECKING:
    from .conftest import City


Watch = Callable[[Ask, Answer], None]
DRAFTER = "engineer"


@dataclass(frozen=True)
class Leak:
    """What somebody learned that they may not."""

    who: str
    ask: Ask
    how: str
    what: str

    def __str__(self) -> str:
        return f"{self.who} learns by {self.ask}: {self.how}: {self.what}"


class Hunt:
    """One reader before the two worlds that they cannot tell apart."""

    def __init__(self, city: City, who: str, clients: Callable[[Actor], Client]) -> None:
        self.city, self.who = city, who
        self.actor = city.actors[who]
        self.model = Model.of(city.bundles)
        self.client = clients(self.actor)
        self.people = {actor.id: name for name, actor in city.actors.items()}
        self.secrets = secrets_of(city, self.actor, self.model)
        self.secrets |= {DRAFT_TOKEN} if who != DRAFTER else set()
        self.names = {
            token
            for one in self.model.entities.values()
            for token in tokens_of_all([*one.title.values()])
        }
        self.asked = 0

    def run(self, asks: Callable[[], Iterable[Ask]], watch: Watch | None = None) -> list[Leak]:
        """Everything asked in both worlds; what differs or shows a canary is a leak.

        `watch` is handed each ask of the first world that may change something, before it is undone.
        """
        first = self._walk(self.city.planned, asks, watch)
        second = self._walk(twin_of(self.city.planned, self.city.bundles, self.actor), asks)
        leaks = []
        for ask, (answer, plain) in first.items():
            leaks += self._look(ask, answer)
            if ask not in second or second[ask][1] != plain:
                other = second[ask][1] if ask in second else "(was not asked)"
                leaks.append(Leak(self.who, ask, "the worlds differ", compare(plain, other)))
        return leaks

    def look(self, asks: Callable[[], Iterable[Ask]], watch: Watch | None = None) -> list[Leak]:
        """Everything asked in one world; what shows a canary is a leak."""
        first = self._walk(self.city.planned, asks, watch)
        return [leak for ask, (answer, _) in first.items() for leak in self._look(ask, answer)]

    def finds(self, asks: Callable[[], Iterable[Ask]]) -> bool:
        """Whether anything leaks: canaries first, then the worlds; stops at the first."""
        with self.standing(self.city.planned):
            asker = Asker(self.client, self.city.ids, self.people)
            first = {}
            for ask in asks():
                answer = asker.ask(ask)
                if any(leak.how == "canaries" for leak in self._look(ask, answer)):
                    return True
                first[ask] = asker.plain(answer)
        with self.standing(twin_of(self.city.planned, self.city.bundles, self.actor)):
            asker = Asker(self.client, self.city.ids, self.people)
            return any(asker.plain(asker.ask(ask)) != plain for ask, plain in first.items())

    def standing(self, planned: list[Row]) -> AbstractContextManager[None]:
        """The world of a plan, for a while."""
        return passing(lambda: plant(planned, self.city.ids, self.city.actors[DRAFTER]))

    def _walk(
        self,
        planned: list[Row],
        asks: Callable[[], Iterable[Ask]],
        watch: Watch | None = None,
    ) -> Mapping[Ask, tuple[Answer, str]]:
        found = {}
        with self.standing(planned):
            asker = Asker(self.client, self.city.ids, self.people)
            for ask in asks():
                with undone() if ask.writes else nullcontext():
                    answer = asker.ask(ask)
                    if watch and ask.writes:
                        watch(ask, answer)
                self.asked += 1
                found[ask] = (answer, asker.plain(answer))
        return found

    def _look(self, ask: Ask, answer: Answer) -> list[Leak]:
        found = []
        if answer.status >= 500:
            text = answer.body.decode("utf-8", "replace")[:300]
            found.append(Leak(self.who, ask, f"the node answers {answer.status}", text))
        seen = (answer.tokens & self.secrets) - ask.said - self._public(ask, answer)
        if seen:
            found.append(
                Leak(self.who, ask, "canaries", f"{sorted(seen)[:5]} in {excerpt(answer, seen)}")
            )
        return found

    def _public(self, ask: Ask, answer: Answer) -> set[str]:
        """What an answer shows whatever stands in rows."""
        # A grid of days shows each of them; that entities exist the catalogue and the ledger tell.
        days = {one for one in answer.tokens if one.startswith("day ")}
        # Sums and means may come to what stands in another row; there the twins decide.
        sums = {one for one in answer.tokens if one.startswith("number ")}
        is_grid = any(name in ("month", "from") for name, _ in ask.query)
        counted = sums if "dashboard" in ask.path else set()
        return (
            (days if is_grid else set())
            | counted
            | (self.names if ask.kind.startswith("other") else set())
        )


def secrets_of(city: City, actor: Actor, model: Model) -> set[str]:
    """What betrays anything that a reader may not see: values, and names of what is hidden."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for row in city.planned:
        entity = model.entities[row.entity]
        sight = model.sight(actor, row)
        for values in (row.values, row.before):
            for key, value in values.items():
                whole, stars = _parted(entity.fields[key], value, sight)
                shown |= tokens_of(whole)
                hidden |= tokens_of(stars)
    for bundle in city.bundles:
        for entity in bundle.entities.values():
            told, untold = names_of(entity, actor, model)
            shown |= told
            hidden |= untold
    return hidden - shown


def _parted(field: Field, value: Any, sight: Sight | None) -> tuple[Any, Any]:
    """What of a value a reader sees whole, and what not."""
    if sight is not None and field.key in sight.clear:
        return value, None
    if sight is None or field.key not in sight.fields or field.kind != "group" or not value:
        return None, value
    personal = {key for key, one in field.fields.items() if is_personal(one)}
    whole = [{key: one for key, one in row.items() if key not in personal} for row in value]
    return whole, [{key: row[key] for key in personal & row.keys()} for row in value]


def names_of(entity: Entity, actor: Actor, model: Model) -> tuple[set[str], set[str]]:
    """Canaries in names that a reader may know, and in those that they may not."""
    if not model.sees_entity(actor, entity.code):
        labels = [
            *entity.title.values(),
            *(text for one in entity.fields.values() for text in one.label.values()),
        ]
        return set(), tokens_of_all(labels)
    visible = model.visible(actor, entity.code)
    told: set[str] = tokens_of_all(entity.title.values())
    untold: set[str] = set()
    for key, one in entity.fields.items():
        (told if key in visible else untold).update(tokens_of_all(one.label.values()))
    return told, untold


def compare(first: str, second: str) -> str:
    """Where two answers begin to differ."""
    told = list(unified_diff(first.splitlines(), second.splitlines(), lineterm="", n=0))[3:]
    gone, come = [next((line for line in told if line[:1] == sign), "") for sign in "-+"]
    at = next((at for at, (a, b) in enumerate(zip(gone[1:], come[1:], strict=False)) if a != b), 0)
    return f"{gone[max(0, at - 80) : at + 120]} | {come[max(0, at - 80) : at + 120]}"


def excerpt(answer: Answer, seen: set[str]) -> str:
    """The text around a canary, where it stands in the clear."""
    text = answer.body.decode("utf-8", "replace")
    for token in seen:
        at = text.lower().find(token.rpartition(" ")[2].lower())
        if at >= 0:
            return text[max(0, at - 120) : at + 80]
    return text[:200]


def say(leaks: list[Leak]) -> str:
    """The first leaks of each kind."""
    by_kind: dict[tuple[str, str], Leak] = {}
    for leak in leaks:
        by_kind.setdefault((leak.ask.kind, leak.how), leak)
    return f"{len(leaks)} leaks:\n" + "\n".join(str(leak) for leak in islice(by_kind.values(), 12))
