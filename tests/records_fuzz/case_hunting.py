"""The hunt through cases: every reader before two worlds of pleas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.test import Client

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted

from .asking import Answer, Ask, Asker
from .canaries import tokens_of_all
from .hunting import Leak, compare, excerpt
from .model import Model
from .planning import Row
from .pleading import plant_pleas
from .pleas import CLERK, plan_pleas, secrets_of
from .world import NOW, undone

Asks = Callable[[Mapping[str, str]], Iterable[Ask]]


class CaseHunt:
    """One reader; what they may not see of any case, and of what cases keep."""

    def __init__(
        self, actors: Mapping[str, Actor], model: Model, who: str,
        clients: Callable[[Actor], Client],
    ) -> None:  # fmt: skip
        self.who, self.actors, self.model = who, actors, model
        self.client = clients(actors[who])
        self.people = {actor.id: name for name, actor in actors.items()}
        kept = self._kept()
        self.secrets = secrets_of(who) - kept
        self.unmasked = secrets_of(who, unmasking=True) - kept

    @property
    def sees_nothing_whole(self) -> bool:
        """Whether both worlds are the same for this reader. 两界相同。"""
        return not any(
            value
            for plea in plan_pleas(0)
            for part, value in plea.clear(self.who).items()
            if part != "place"
        )

    def run(self, asks: Asks) -> list[Leak]:
        """Everything asked of the standing world: canaries; and for who sees none, of its twin too."""
        first = self.walk(0, asks)
        leaks = [leak for ask, (answer, _) in first.items() for leak in self.look(ask, answer)]
        if not self.sees_nothing_whole or self._kept():
            return leaks
        second = self.walk(1, asks)
        for ask, (_, plain) in first.items():
            other = second[ask][1] if ask in second else "(was not asked)"
            # What may be unmasked differs, as it must.
            if plain != other and ask.kind != "unmask":
                leaks.append(Leak(self.who, ask, "the worlds differ", compare(plain, other)))
        return leaks

    def find(self, asks: Asks) -> Iterator[Leak]:
        """What leaks in one world, found one after another."""
        with standing(self.actors, 0) as ids:
            asker = Asker(self.client, ids, self.people)
            for ask in asks({label: one for label, one in ids.items() if label != "kept#0"}):
                with undone():
                    yield from self.look(ask, asker.ask(ask))

    def walk(self, twist: int, asks: Asks) -> dict[Ask, tuple[Answer, str]]:
        """What is answered in a world."""
        found = {}
        with standing(self.actors, twist) as ids:
            asker = Asker(self.client, ids, self.people)
            for ask in asks({label: one for label, one in ids.items() if label != "kept#0"}):
                with undone():
                    answer = asker.ask(ask)
                found[_level(ask, ids)] = (answer, asker.plain(answer))
        return found

    def look(self, ask: Ask, answer: Answer) -> Iterator[Leak]:
        """What an answer shows that it must not."""
        if answer.status >= 500:
            yield Leak(self.who, ask, f"the node answers {answer.status}", str(answer.body[:300]))
        secrets = self.unmasked if ask.kind == "unmask" else self.secrets
        if seen := (answer.tokens & secrets) - ask.said:
            yield Leak(self.who, ask, "canaries", f"{sorted(seen)[:5]} in {excerpt(answer, seen)}")

    def _kept(self) -> set[str]:
        """What the record of the plea that has ended shows this reader, by the grants."""
        plea = next(one for one in plan_pleas(0) if one.step == "ended")
        entity = self.model.entities["village.resident"]
        values = dict.fromkeys(entity.fields) | {
            "number": plea.values["number"], "phone": plea.values["phone"],
            "diary": plea.values["price"],
        }  # fmt: skip
        row = Row("village.resident", "kept#0", 0, values, "S01", self.actors[CLERK].id)
        sight = self.model.sight(self.actors[self.who], row)
        return tokens_of_all(values[key] for key in sight.clear) if sight else set()


def _level(ask: Ask, ids: Mapping[str, str]) -> Ask:
    """The same ask in every world: ids that it names by value become labels again."""
    if not ask.form:
        return ask
    labels = {one: label for label, one in ids.items()}
    form = {name: labels.get(value, "task" if name in ("task", "chosen") else value)
            if isinstance(value, str) else len(value) if name == "chosen" else value
            for name, value in ask.form.items()}  # fmt: skip
    return Ask(ask.path, ask.query, ask.method, ask.body, form, ask.headers, ask.kind)


@contextmanager
def standing(actors: Mapping[str, Actor], twist: int) -> Iterator[dict[str, str]]:
    """The pleas of a world, for a while; the ids by label, of the record that was kept too."""
    with undone(), use_time(NOW):
        ids = plant_pleas(actors, twist)
        page = records.list_records(records.system_desk(), "village.resident", Wanted(limit=5))
        yield ids | {"kept#0": page.records[0].id}
