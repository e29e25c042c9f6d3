"""What asks wrote, held against what the grants let their asker write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from yiwang.kernel.records import services
from yiwang.kernel.records.models import Draft
from yiwang.kernel.records.types import Entity

from .asking import Answer, Ask
from .hunting import Hunt, Leak
from .planning import Row
from .writes import may, may_make, may_write, named

Asks = Callable[[Hunt], Iterable[Ask]]
Stored = Mapping[str, Any]
PLAIN_COLUMNS = {"rev", "updated_at"}


class Watcher:
    """Looks into the tables after every ask; keeps what was written and should not have been."""

    def __init__(self, hunt: Hunt) -> None:
        self.hunt = hunt
        desk = services.at_desk(hunt.city.actors["engineer"])
        self.entities = {code: desk.snapshot.entities[code] for code in hunt.model.entities}
        self.rows = {hunt.city.ids[label]: row for label, row in named(hunt.city.planned).items()}
        self.labels = {record: row.label for record, row in self.rows.items()}
        self.before: dict[str, dict[str, Stored]] = {}
        self.wrong: list[str] = []
        self.kinds: set[str] = set()

    def __call__(self, ask: Ask, answer: Answer) -> None:
        """Hold the tables against what they were."""
        after = self.look()
        for code, entity in self.entities.items():
            for what in self._differences(entity, self.before[code], after[code]):
                self.kinds.add(ask.kind)
                if what:
                    self.wrong.append(f"{self.hunt.who} {what} by {ask}: {answer.status}")
        if after["drafts"] != self.before["drafts"]:
            self.wrong.append(f"{self.hunt.who} changes a draft of another by {ask}")

    def begin(self, asks: Asks) -> Iterator[Ask]:
        """The asks, after a look at what stands there."""
        self.before = self.look()
        yield from asks(self.hunt)

    def look(self) -> dict[str, dict[str, Stored]]:
        """Everything that stands in the tables, by entity and id; and the drafts of others."""
        found: dict[str, dict[str, Stored]] = {}
        with connection.cursor() as cursor:
            for code, entity in self.entities.items():
                cursor.execute(f"SELECT * FROM {entity.table}")
                names = [one[0] for one in cursor.description]
                lines = [dict(zip(names, line, strict=True)) for line in cursor.fetchall()]
                found[code] = {line["id"]: line for line in lines}
        others = Draft.objects.exclude(account=self.hunt.actor.id)
        return {**found, "drafts": {one.id: one.data for one in others}}

    def _differences(
        self, entity: Entity, before: Mapping[str, Stored], after: Mapping[str, Stored]
    ) -> Iterator[str]:
        """What is wrong with each difference; nothing where it may be."""
        for record in before.keys() - after.keys():
            row = self.rows[record]
            yield "" if may(self.hunt, row, "remove") else f"removes {row.label}"
        for record in after.keys() - before.keys():
            yield self._made(entity, record, after[record])
        for record in before.keys() & after.keys():
            if before[record] != after[record]:
                yield self._changed(entity, self.rows[record], before[record], after[record])

    def _made(self, entity: Entity, record: str, stored: Stored) -> str:
        if old := self.rows.get(record):
            return "" if may(self.hunt, old, "remove") else f"restores {old.label}"
        values = {key: self._value(entity, key, stored) for key, one in entity.fields.items()
                  if not one.computed and stored[one.column] not in (None, "", "[]")}  # fmt: skip
        row = Row(entity.code, record, 0, values, stored["org"], stored["owner"])
        hidden = self._unseen(entity, values)
        if hidden:
            return f"links to what is out of sight by {hidden}"
        return "" if may_make(self.hunt, row) else f"makes a {entity.code} of {sorted(values)}"

    def _changed(self, entity: Entity, row: Row, before: Stored, after: Stored) -> str:
        columns = {name for name in after if before[name] != after[name]} - PLAIN_COLUMNS
        fields = {one.column: one for one in entity.fields.values()}
        keys = [fields[name].key for name in columns & fields.keys()
                if not fields[name].computed]  # fmt: skip
        wrong = [*(columns - fields.keys()), *(k for k in keys if not may_write(self.hunt, row, k))]
        wrong += self._unseen(entity, {key: self._value(entity, key, after) for key in keys})
        return f"writes {wrong} of {row.label}" if wrong else ""

    def _value(self, entity: Entity, key: str, stored: Stored) -> Any:
        value = stored[entity.fields[key].column]
        return bool(value) if entity.fields[key].kind == "boolean" else value

    def _unseen(self, entity: Entity, values: Mapping[str, Any]) -> list[str]:
        """Links that lead to rows which the asker does not see."""
        return [
            key
            for key, value in values.items()
            if entity.fields[key].kind == "link"
            and value in self.rows
            and self.hunt.model.sight(self.hunt.actor, self.rows[value]) is None
        ]


def hunt_writes(hunt: Hunt, asks: Asks) -> tuple[list[Leak], Watcher]:
    """Everything sent in both worlds: what leaked, and what was written."""
    watcher = Watcher(hunt)
    return hunt.run(lambda: watcher.begin(asks), watcher), watcher


def watch_writes(hunt: Hunt, asks: Asks) -> Watcher:
    """Everything sent in one world: what was written."""
    watcher = Watcher(hunt)
    hunt.look(lambda: watcher.begin(asks), watcher)
    return watcher
