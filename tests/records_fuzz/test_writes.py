"""Nobody writes what their grants do not let them, and no answer tells what they do not see.

By API, forms, sheets, drafts and the small forms of a record: what was written the tables say, row
by row; what may be written the model says a second time. Answers are the same in both worlds.
"""

from __future__ import annotations

import pytest

from yiwang.kernel.records.models import Draft
from yiwang.kernel.records.services import drafts
from yiwang.kernel.records.services.desk import Desk
from yiwang.kernel.records.services.work import Work
from yiwang.kernel.records.types import Entity

from .hunting import Hunt, say
from .watching import hunt_writes, watch_writes
from .writes import ask_drafts, ask_forms, ask_made, ask_sheets, ask_writes

pytestmark = pytest.mark.django_db
WHO = [
    "steward",
    *(
        pytest.param(who, marks=pytest.mark.deep)
        for who in ("director", "low-viewer", "both", "nobody", "anonymous")
    ),
]
WRITES = {"write api edit", "write api create", "write form edit", "write form new",
          "write import", "write page move"}  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_nothing_is_written_or_told_that_the_grants_do_not_allow(village, clients, who):
    hunt = Hunt(village, who, clients)

    leaks, watcher = hunt_writes(hunt, ask_writes)

    assert not watcher.wrong, "\n".join(watcher.wrong[:10])
    assert not leaks, say(leaks)
    # Without this everything might have been refused for another reason.
    assert watcher.kinds >= WRITES or who != "steward", WRITES - watcher.kinds


def open_every_field(patch: pytest.MonkeyPatch) -> None:
    def every(entity: Entity) -> list[str]:
        return [key for key, one in entity.fields.items() if not one.computed]

    patch.setattr(Work, "_writable", lambda self, row: frozenset(every(self.entity)))
    patch.setattr(
        Desk, "writable", lambda self, code, verb="edit": every(self.snapshot.entities[code])
    )


def open_every_draft(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drafts, "_find", lambda desk, draft, lock=False: Draft.objects.get(pk=draft))


GUARDS = [
    (open_every_field, ask_made, "write api create"),
    (open_every_field, ask_forms, "write form edit"),
    (open_every_field, ask_forms, "write form new"),
    (open_every_field, ask_sheets, "write import"),
    (open_every_draft, ask_drafts, "write draft"),
]


@pytest.mark.parametrize(
    ("guard", "asks", "kind"), GUARDS, ids=lambda one: getattr(one, "__name__", one)
)
def test_with_a_guard_off_wrong_writes_are_found(village, clients, monkeypatch, guard, asks, kind):
    guard(monkeypatch)
    hunt = Hunt(village, "steward", clients)

    watcher = watch_writes(hunt, lambda hunt: (ask for ask in asks(hunt) if ask.kind == kind))

    assert watcher.wrong
