"""Statements written once mean what Django's own would."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.calendar.models import CalendarDay, CalendarYear
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.query.rows import rows_of, run_together

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)


def act(number: int, **more: object) -> ActRow:
    named = {"actor_id": "a", "verb": "test", "object_type": "t", "object_id": str(number)}
    return ActRow(id=f"local2:{number:026d}", at=AT, **{**named, **more})


def test_what_is_inserted_is_what_django_reads():
    details = {"n": 1, "text": "汉'字\"%s", "list": [1, None, True]}
    rows_of(ActRow).insert([act(1, details=details), act(2, reason="100%")])

    first, second = ActRow.objects.order_by("id")
    assert (first.at, first.details, second.reason) == (AT, details, "100%")


@pytest.mark.parametrize("details", [{"at": AT, "汉": 1.5}, {}, [1, "x"], "text", 7])
def test_unusual_values_stand_in_the_database_as_django_writes_them(details):
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    ours, theirs = (act(number, details=details) for number in (1, 2))
    ours.at = theirs.at = elsewhere
    rows_of(ActRow).insert([ours])
    theirs.save(force_insert=True)
    with connection.cursor() as cursor:
        columns = "CAST(at AS text), CAST(details AS text)"
        cursor.execute(f"SELECT {columns} FROM {ActRow._meta.db_table} ORDER BY id")
        first, second = cursor.fetchall()
    assert first == second


def test_what_django_wrote_is_what_is_selected():
    act(1, details={"汉": [1.5]}).save(force_insert=True)
    (found,) = rows_of(ActRow).select("{object_id} = %s ORDER BY {id}", ["1"])
    assert {
        name: getattr(found, name) for name in rows_of(ActRow).fields
    } == ActRow.objects.values().get()
    assert not found._state.adding


def test_rows_change_only_as_they_were_read():
    year = CalendarYear(year=2030, notice="x", changed_by="a", changed_at=AT)
    rows_of(CalendarYear).insert([year])
    change = rows_of(CalendarYear).updating
    assert run_together(change(2030, {"notice": "y"}, notice="other")) == 0
    assert run_together(change(2030, {"notice": "y"}, notice="x")) == 1
    assert CalendarYear.objects.get().notice == "y"


def test_together_is_one_statement_where_the_database_can():
    rows_of(CalendarYear).insert(
        [CalendarYear(year=2030, notice="x", changed_by="a", changed_at=AT)]
    )
    day = CalendarDay(year_id=2030, date=date(2030, 1, 1), workday=False, name="元旦")
    with CaptureQueriesContext(connection) as asked:
        met = run_together(
            rows_of(CalendarYear).updating(2030, {"notice": "y"}),
            rows_of(CalendarDay).inserting([day]),
            rows_of(ActRow).inserting([act(1)]),
        )
    assert met == 1
    assert len(asked) == (1 if connection.vendor == "postgresql" else 3)
    assert CalendarDay.objects.get().name == "元旦"


def test_what_the_database_refuses_is_refused():
    rows_of(ActRow).insert([act(1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_of(ActRow).insert([act(1)])
