"""A world: rows of a plan in the tables of published apps.

A row has the same id in every world, so that nothing differs between two of them but what rows
hold. One that is not there has its id all the same: nothing has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.files.services import storing
from yiwang.kernel.files.services.storing import content_path
from yiwang.kernel.files.tests.samples import PDF, PNG
from yiwang.kernel.records import services
from yiwang.kernel.records.models import Draft
from yiwang.kernel.records.services import writing
from yiwang.kernel.records.types import Entity, Field

from .planning import Row

NOW = datetime(2027, 1, 20, 2, tzinfo=UTC)
DRAFT, DRAFT_TOKEN = "draft#engineer", "zqjiiiia"


def number_labels(labels: Iterable[str]) -> dict[str, str]:
    """The id of each label."""
    return {label: f"{get_node()}:01KZ{at:022d}" for at, label in enumerate(labels, 1)}


def name_files(planned: Iterable[Row]) -> list[str]:
    """The labels of all files of rows: what stands there now, and what stood there before."""
    return [
        label
        for row in planned
        for values, when in ((row.values, ""), (row.before, ".before"))
        for key, value in values.items()
        if _is_file(value)
        for label in [f"{row.label}.{key}{when}"]
    ]


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"name", "content"}


def plant(planned: Iterable[Row], ids: Mapping[str, str], drafter: Actor) -> None:
    """Make the rows, as the node itself would, and a draft of somebody's."""
    desk = services.at_desk(SYSTEM)
    there: dict[str, str] = {}
    for row in planned:
        with use_time(NOW - timedelta(days=30) + timedelta(minutes=10 * row.serial)):
            _plant(desk, _with_files(desk, row, ids), ids[row.label], there)
        if not row.is_removed:
            there[row.label] = ids[row.label]
    _begin_form(drafter, ids[DRAFT])


def _plant(desk: services.Desk, row: Row, record: str, ids: Mapping[str, str]) -> None:
    entity = desk.entity(row.entity)
    with patch.object(writing, "new_id", lambda: record):
        made = services.create_record(
            desk,
            row.entity,
            _values(entity, row.before or row.values, ids),
            organization=row.organization,
            reason="planted",
        )
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {entity.table} SET owner = %s WHERE id = %s", [row.owner, record])
    rev = made.rev
    if row.before:
        values = _values(entity, row.values, ids)
        rev = services.update_record(desk, row.entity, record, values, rev=rev).rev
    if row.is_removed:
        services.remove_record(desk, row.entity, record, rev=rev, reason="removed")


def _with_files(desk: services.Desk, row: Row, ids: Mapping[str, str]) -> Row:
    """The same row with its files sent, so that the record can take them."""
    return replace(
        row,
        values=_sent(desk, row, row.values, ids, ""),
        before=_sent(desk, row, row.before, ids, ".before"),
    )


def _sent(
    desk: services.Desk, row: Row, values: Mapping[str, Any], ids: Mapping[str, str], when: str
) -> dict[str, Any]:
    return {
        key: [_send(desk, row, key, value, ids[f"{row.label}.{key}{when}"])]
        if _is_file(value)
        else value
        for key, value in values.items()
    }


def _send(desk: services.Desk, row: Row, key: str, value: Any, file_id: str) -> Any:
    begins = PNG if value["name"].endswith(".png") else PDF
    upload = SimpleUploadedFile(value["name"], begins + value["content"].encode())
    content_path(file_id).unlink(missing_ok=True)  # of the world before
    with patch.object(storing, "new_id", lambda: file_id):
        return services.keep_upload(desk, row.entity, key, upload)


def _values(entity: Entity, values: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {key: _value(entity.fields[key], value, ids) for key, value in values.items()}


def _value(field: Field, value: Any, ids: Mapping[str, str]) -> Any:
    if field.kind == "link" and value:
        return ids.get(value)
    if field.kind == "group" and value:
        return [
            {key: _value(field.fields[key], one, ids) for key, one in row.items()} for row in value
        ]
    return value


def _begin_form(drafter: Actor, draft: str) -> None:
    """A form that somebody has begun to fill in."""
    desk = services.at_desk(drafter)
    entity = desk.entities()[0]
    code = next((one.code for one in desk.forms(entity.code)), entity.code)
    answers = dict.fromkeys(entity.fields, DRAFT_TOKEN)
    made = services.save_draft(desk, entity.code, code, answers)
    Draft.objects.filter(id=made.id).update(id=draft)


@contextmanager
def passing(build: Callable[[], object]) -> Iterator[None]:
    """A world that is gone afterwards."""
    with transaction.atomic():
        with use_time(NOW):
            build()
            yield
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written meanwhile is taken back."""
    place = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(place)
