"""The fuzzer can find leaks: with any one guard off, it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.files import services as files
from yiwang.kernel.records import services
from yiwang.kernel.records.pages import detail
from yiwang.kernel.records.services import (
    history,
    reading,
    rows,
    searching,
)
from yiwang.kernel.records.services.desk import Desk
from yiwang.kernel.records.services.plans.access import Access, Sight
from yiwang.kernel.records.types import Entity

from .asking import Ask
from .hunting import Hunt
from .routes import ask_dashboards, ask_routes, ask_some

pytestmark = pytest.mark.django_db
Patch = Callable[[pytest.MonkeyPatch], None]


def show_what_is_masked(patch: pytest.MonkeyPatch) -> None:
    found = rows._maker
    patch.setattr(rows, "_maker", lambda field, masked: found(field, masked=False))


def show_all_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Access, "rows", lambda self, verb: None)


def open_any_row(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Access, "_matching", lambda self, row, **_: tuple(range(len(self.grants))))


def show_hidden_fields(patch: pytest.MonkeyPatch) -> None:
    found = Access._sum_up

    def all_of(self: Access, matching: Any) -> Sight:
        told = found(self, matching)
        return (
            Sight(frozenset(self.entity.fields), told.masked, told.verbs) if told.fields else told
        )

    patch.setattr(Access, "_sum_up", all_of)


def name_hidden_fields(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Desk, "visible", lambda self, code: list(self.snapshot.entities[code].fields))


def filter_by_anything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "check_names", lambda *_: None)


def search_anywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        searching, "find_words", lambda desk, entity, text: searching.match_words(entity, text)
    )
    patch.setattr(reading, "find_words", searching.find_words)


def tell_history_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(history, "masker_of", lambda field: lambda value: value)


def tell_history_of_hidden_fields(patch: pytest.MonkeyPatch) -> None:
    found = history._change

    def all_of(entity: Entity, sight: Sight, line: Any) -> Any:
        return found(entity, Sight(frozenset(entity.fields), sight.masked, sight.verbs), line)

    patch.setattr(history, "_change", all_of)


def name_any_record(patch: pytest.MonkeyPatch) -> None:
    found = services.name_records

    def names(desk: Desk, code: str, ids: Any) -> dict[str, str]:
        return found(services.at_desk(SYSTEM), code, ids)

    patch.setattr(services, "name_records", names)


def open_any_view(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Desk, "_may_use", lambda self, view: bool(self.grants_to(view.entity, "see")))
    filter_by_anything(patch)


GUARDS: dict[Patch, str] = {
    show_what_is_masked: "director",
    show_all_rows: "low-viewer",
    open_any_row: "steward",
    show_hidden_fields: "director",
    name_hidden_fields: "director",
    filter_by_anything: "director",
    search_anywhere: "director",
    tell_history_whole: "director",
    tell_history_of_hidden_fields: "director",
    name_any_record: "low-viewer",
    open_any_view: "director",
}


def hand_out_hidden_files(patch: pytest.MonkeyPatch) -> None:
    """A file by its id alone, whatever the reader sees of the field, the record and the row."""

    def find(record: Any, key: str, file_id: str) -> Any:
        return files.describe_file(files.get_file(file_id))

    patch.setattr(detail, "find_file", find)


def ask_uploads(hunt: Hunt) -> list[Ask]:
    """Every file of a record, by every address."""
    return [ask for ask in ask_routes(hunt) if "/files/" in ask.path]


def test_a_guard_of_uploads_that_is_off_is_noticed(village, clients, monkeypatch):
    hand_out_hidden_files(monkeypatch)
    hunt = Hunt(village, "director", clients)

    assert hunt.finds(lambda: ask_uploads(hunt))


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_a_guard_that_is_off_is_noticed(village, clients, monkeypatch, guard):
    guard(monkeypatch)
    hunt = Hunt(village, GUARDS[guard], clients)

    assert hunt.finds(lambda: ask_some(hunt))


def test_a_guard_of_dashboards_that_is_off_is_noticed(village, clients, monkeypatch):
    monkeypatch.setattr(Desk, "require_plain", lambda *_: None)
    hunt = Hunt(village, "director", clients)

    assert hunt.finds(lambda: ask_dashboards(hunt))


@pytest.mark.deep  # test_leaks asks the same and more, a role at a time
def test_with_all_guards_on_the_same_questions_tell_nothing(village, clients):
    for who in set(GUARDS.values()):
        hunt = Hunt(village, who, clients)
        assert not hunt.run(
            lambda hunt=hunt: [*ask_some(hunt), *ask_dashboards(hunt), *ask_uploads(hunt)]
        )
