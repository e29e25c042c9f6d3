"""The hunt through cases can find leaks: with any one guard off, it does. What leaves holds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps

from yiwang.kernel.records.services import rows
from yiwang.kernel.workflow.services import (
    attachments,
    outside,
    reading,
    seeing,
    steps,
    unmasking,
)

from .canaries import find_tokens, tokens_of, tokens_of_all
from .case_asks import ask_reads, ask_records, ask_unmasking
from .case_hunting import CaseHunt, standing
from .conftest import City
from .model import Model
from .pleas import plan_pleas, question

pytestmark = pytest.mark.django_db
Patch = Callable[[pytest.MonkeyPatch], None]
LEAVING = ("notify.HookMessage", "notify.Notice", "events.EventRow", "jobs.Job", "workflow.BulkRun")
"""What is sent to others, or lies where nobody asks who reads it. 外发内容。"""


def show_every_field(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seeing, "_look", lambda *_: seeing.CLEAR)


def show_every_word(patch: pytest.MonkeyPatch) -> None:
    found = reading.find_looks
    patch.setattr(reading, "find_looks", lambda *told: replace(found(*told), words=True))


def show_what_came_beside(patch: pytest.MonkeyPatch) -> None:
    found = reading.find_looks
    for module in (reading, attachments):
        patch.setattr(
            module, "find_looks", lambda *told: replace(found(*told), beside=seeing.CLEAR)
        )


def open_every_upload(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(attachments, "show_entries", lambda actor, case_type, rows, looks: list(rows))


def open_every_case(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "may_see", lambda *_: True)


def open_uploads_of_every_case(patch: pytest.MonkeyPatch) -> None:
    open_every_upload(patch)
    patch.setattr(attachments, "may_see", lambda *_: True)


def write_titles_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "title_for", lambda case_type, title: title)
    patch.setattr(seeing, "title_for", lambda case_type, title: title)


def unmask_for_anybody(patch: pytest.MonkeyPatch) -> None:
    names = ["body", "phone", "number", "price", "words"]
    patch.setattr(unmasking, "list_unmaskable", lambda *_: names)


def forget_masks_of_records(patch: pytest.MonkeyPatch) -> None:
    found = rows._maker
    patch.setattr(rows, "_maker", lambda field, masked: found(field, masked=False))


GUARDS: dict[Patch, tuple[str, Any]] = {
    show_every_field: ("viewer", ask_reads),
    show_every_word: ("viewer", ask_reads),
    show_what_came_beside: ("viewer", ask_reads),
    open_every_upload: ("viewer", ask_reads),
    open_every_case: ("steward", ask_reads),
    open_uploads_of_every_case: ("steward", ask_reads),
    write_titles_whole: ("viewer", ask_reads),
    unmask_for_anybody: ("director", lambda ids: ask_unmasking(ids, thorough=False)),
    forget_masks_of_records: ("director", lambda _: ask_records()),
}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_a_guard_of_cases_that_is_off_is_noticed(court: City, clients, monkeypatch, guard):
    who, asks = GUARDS[guard]
    hunt = CaseHunt(court.actors, Model.of(court.bundles), who, clients)
    guard(monkeypatch)

    assert any(leak.how == "canaries" for leak in hunt.find(asks))


def canaries() -> set[str]:
    parts = [part for plea in plan_pleas(0) for part in plea.parts]
    return tokens_of_all(parts) | tokens_of(question(0))


def leaving() -> Iterator[tuple[str, set[str]]]:
    """Every row that leaves, and the canaries in it."""
    for label in LEAVING:
        for row in apps.get_model(label).objects.all():
            text = "\n".join(str(value) for value in vars(row).values())
            yield label, find_tokens(text.encode())


def test_nothing_that_leaves_holds_what_was_filled_in(court: City):
    with standing(court.actors, 0):
        found = list(leaving())

    assert {label for label, _ in found} >= {
        "notify.HookMessage",
        "notify.Notice",
        "events.EventRow",
    }
    assert not [(label, told & canaries()) for label, told in found if told & canaries()]


def tell_what_was_filled_in(patch: pytest.MonkeyPatch) -> None:
    found = outside.tell_outside

    def tell(act: Any, kind: str, **told: Any) -> Any:
        data = {**told["data"], "title": reading.Case.objects.latest("pk").data}
        return found(act, kind, **{**told, "data": data})

    patch.setattr(outside, "tell_outside", tell)


@pytest.mark.parametrize("guard", [write_titles_whole, tell_what_was_filled_in])
def test_what_leaves_with_a_guard_off_is_noticed(court: City, monkeypatch, guard):
    guard(monkeypatch)

    with standing(court.actors, 0):
        assert any(told & canaries() for _, told in leaving())
