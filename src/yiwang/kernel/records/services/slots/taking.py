"""What one act takes and gives back. 占用与释放。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records.services.snapshot import Snapshot, snapshot
from yiwang.kernel.records.types import Entity, InvalidValues, SlotKey

from .claims import list_claims
from .counting import add, read_counts, read_places
from .offering import tell_full

Claim = Mapping[SlotKey, int]
"""What one record asks for: places by slot. 占用。"""


class _Desk(Protocol):
    @property
    def snapshot(self) -> Snapshot:
        """The declarations that the act began with. 声明快照。"""


class Taking:
    """The places that an act takes and gives back, settled once at its end. 占用过程。

    So counters are touched in one order however many records the act writes, and held for as short
    a time as can be. `claims` keeps what each row asked for, with what its problems are filed under.
    """

    def __init__(self, desk: _Desk, entity: Entity) -> None:
        self.desk, self.entity = desk, entity
        self.deltas: dict[SlotKey, int] = {}
        self.claims: list[tuple[str, Claim]] = []

    def change(self, before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> None:
        """A row as it was and as it is now, by column; {} where there is none. 记入变更。"""
        if self.entity.slots is None:
            return
        for key, count in list_claims(self.entity, before).items():
            self.deltas[key] = self.deltas.get(key, 0) - count
        claim = list_claims(self.entity, after)
        for key, count in claim.items():
            self.deltas[key] = self.deltas.get(key, 0) + count
        if claim:
            self.claims.append((path, claim))

    def look(self) -> None:
        """Refuse what cannot be had as things stand, before anything is written. 预看。

        It spares work and decides nothing: who comes later may still be refused by `settle`.
        """
        wanted = {key: count for key, count in self.deltas.items() if count > 0}
        if not wanted:
            return
        things, days = {key[0] for key in wanted}, sorted({key[1] for key in wanted})
        places = self._read_places(things)
        taken = read_counts(self.entity, things, days[0], days[-1])
        full = {
            key
            for key, count in wanted.items()
            if taken.get(key, 0) + count > places.get(key[0], 0)
        }
        self._refuse(full, places, {})

    def settle(self) -> None:
        """Take and give back, all of it or nothing; InvalidValues where a slot is full. 结算。"""
        deltas = {key: count for key, count in self.deltas.items() if count}
        self.deltas = {}
        if not deltas:
            return
        self._require_declared()
        places = self._read_places({key[0] for key in deltas}, hold=True)
        by_thing: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
        for (of, day, since), count in deltas.items():
            by_thing[of][day, since] = count
        met = {
            (of, *slot)
            for of in sorted(by_thing)
            for slot in add(self.entity, of, by_thing[of], places.get(of, 0))
        }
        self._refuse(deltas.keys() - met, places, {key: deltas[key] for key in met})

    def _read_places(self, things: set[str], *, hold: bool = False) -> dict[str, int]:
        return read_places(self.entity, self.desk.snapshot.entities, things, hold=hold)

    def _require_declared(self) -> None:
        """Counters stand for the slots that are declared now; whoever began by others comes again."""
        now = snapshot()
        if now.epoch == self.desk.snapshot.epoch:
            return
        entity = now.entities.get(self.entity.code)
        if entity is None or entity.slots != self.entity.slots:
            raise Conflict(
                "records.slots.changed",
                "The hours that can be booked have just changed; look again",
            )

    def _refuse(self, full: set[SlotKey], places: Mapping[str, int], own: Claim) -> None:
        slots = self.entity.slots
        if not full or slots is None:
            return
        first = min(full)
        path, claim = next(
            (one for one in reversed(self.claims) if first in one[1]), ("", {first: 1})
        )
        problem = tell_full(
            self.entity, slots, claim, first, places=places.get(first[0], 0), own=own
        )
        if path:
            problem = replace(problem, path=f"{path}.{problem.path}")
        raise InvalidValues([problem])
