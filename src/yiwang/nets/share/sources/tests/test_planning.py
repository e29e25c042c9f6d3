"""When tables are read, when they are late, and what stops a reading. 计划、迟到与限制。"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.clock import CITY_ZONE, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.jobs.services import run_due as run_jobs
from yiwang.nets.share.sources import services
from yiwang.nets.share.sources.models import Run, Source, SourceTable
from yiwang.nets.share.sources.services import Plan
from yiwang.nets.share.sources.services.planning import into_window, is_open

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=CITY_ZONE)


def planned(**told):
    return SourceTable(**told)


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({"cycle": "manual"}, None),
        ({"cycle": "hourly"}, "2026-11-22 13:00"),
        ({"cycle": "daily"}, "2026-11-23 02:00"),
        ({"cycle": "daily", "at": time(18, 30)}, "2026-11-22 18:30"),
        ({"cycle": "weekly"}, "2026-11-23 02:00"),
        ({"cycle": "monthly", "at": time(1)}, "2026-12-01 01:00"),
        ({"cycle": "hourly", "opens": time(22), "closes": time(6)}, "2026-11-22 22:00"),
        (
            {"cycle": "daily", "at": time(12, 30), "opens": time(8), "closes": time(12)},
            "2026-11-23 08:00",
        ),
    ],
)
def test_the_next_time(told, due):
    found = services.next_time(planned(**told), SUNDAY)

    assert (found and found.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M")) == due


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_what_is_moved_into_the_hours_is_within_them(opens, closes, moment):
    table = planned(opens=opens, closes=closes)
    moment = moment.replace(tzinfo=CITY_ZONE)
    if opens == closes:
        return

    moved = into_window(table, moment)

    assert is_open(table, moved)
    assert moment <= moved <= moment + timedelta(days=1)


@pytest.mark.parametrize(
    ("cycle", "hours", "late"),
    [
        ("daily", 24, False),
        ("daily", 26, True),
        ("hourly", 1, False),
        ("hourly", 3, True),
        ("weekly", 24 * 7, False),
        ("monthly", 24 * 32, True),
        ("manual", 9999, False),
    ],
)
def test_late_is_older_than_the_cycle(cycle, hours, late):
    table = planned(cycle=cycle, good_at=SUNDAY - timedelta(hours=hours))

    assert services.is_late(table, SUNDAY) is late


@pytest.fixture
def table(engineer, postgres):
    postgres.run("CREATE TABLE t (id int PRIMARY KEY)")
    postgres.run("INSERT INTO t SELECT generate_series(1, 30)")
    source = services.add_source(
        engineer, owner="D01", name="库", kind="postgres", settings=postgres.settings
    )
    return services.add_table(
        engineer, source.id, name="public.t", resource="登记", plan=Plan(cycle="daily")
    )


@pytest.mark.django_db(transaction=True)
def test_the_clock_asks_for_what_is_due_once(engineer, table):
    with use_time(table.next_at - timedelta(minutes=1)):
        assert services.run_due() == []
    with use_time(table.next_at + timedelta(minutes=1)):
        assert services.run_due() == [table.id]
        assert services.run_due() == []
        run_jobs()

    run = Run.objects.get()
    assert (run.state, run.planned) == ("done", True)


@pytest.mark.django_db(transaction=True)
def test_outside_its_hours_nothing_is_read(engineer, table):
    noon = SUNDAY
    plan = Plan(cycle="daily", opens=time(22), closes=time(6))
    services.change_table(engineer, table.id, plan=plan)
    with use_time(noon), pytest.raises(Conflict, match="22:00 to 06:00"):
        services.run_here(engineer, table.id)
    with use_time(noon + timedelta(hours=11)):
        assert services.run_here(engineer, table.id).state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_reading_ends_when_its_hours_end(engineer, table):
    plan = Plan(opens=time(8), closes=time(13))
    services.change_table(engineer, table.id, plan=plan)
    moments = iter([SUNDAY + timedelta(minutes=20 * at) for at in range(100)])
    with use_time(lambda: next(moments)), pytest.raises(Conflict, match="ended before"):
        services.run_here(engineer, table.id)
    assert Run.objects.get().error["code"] == "sources.window.closed"


@pytest.mark.django_db(transaction=True)
def test_the_keeper_who_lost_the_right_reads_nothing(engineer, table):
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.identity import services as identity

    identity.revoke_role(SYSTEM, engineer.id, "engineer")
    with use_time(table.next_at + timedelta(minutes=1)):
        services.run_due()

    run = Run.objects.get()
    assert (run.state, run.error["code"]) == ("failed", "sources.table.missing")


@pytest.mark.django_db(transaction=True)
def test_a_lost_reading_is_ended_by_the_sweep(engineer, table):
    run = services.ask_run(engineer, table.id)
    Run.objects.filter(id=run.id).update(job="gone", state="reading")

    assert services.sweep_runs() == 1
    assert Run.objects.get().error["code"] == "sources.run.lost"


@pytest.mark.django_db(transaction=True)
def test_the_old_password_is_not_sent_to_another_host(engineer, table):
    source = Source.objects.get()
    told = source.settings | {"host": "10.9.9.9"}
    with pytest.raises(InvalidInput, match="password again"):
        services.change_source(engineer, source.id, name="库", settings=told)

    changed = services.change_source(
        engineer, source.id, name="库", settings=told | {"password": "new"}
    )
    assert changed.settings["host"] == "10.9.9.9"


@pytest.mark.django_db(transaction=True)
def test_a_removed_source_has_no_password_left(engineer, table):
    source = Source.objects.get()
    services.remove_source(engineer, source.id, reason="停用")

    source.refresh_from_db()
    assert bytes(source.secret) == b""
    with pytest.raises(Exception, match="no source"):
        services.check_source(engineer, source.id)


@pytest.mark.django_db(transaction=True)
def test_only_engineers_enter_sources(person, postgres):
    for role in ("steward", "director", "viewer", "sysadmin"):
        with pytest.raises(NotPermitted):
            services.add_source(
                person(role), owner="D01", name="库", kind="postgres", settings=postgres.settings
            )


@pytest.mark.django_db(transaction=True)
def test_reading_is_slowed_down(engineer, postgres, table):
    import time as clock

    services.change_table(engineer, table.id, plan=Plan(rows_per_second=20))
    begun = clock.monotonic()
    services.run_here(engineer, table.id)

    assert clock.monotonic() - begun >= 1.4
