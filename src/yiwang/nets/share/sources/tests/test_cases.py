"""A source that is late or fails opens a case, and data closes it. 数据源催报流程。"""

from datetime import timedelta

import pytest

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import NotFound, NotPermitted, Unavailable
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Case
from yiwang.nets.share.sources import services
from yiwang.nets.share.sources.models import Run, Source, SourceTable
from yiwang.nets.share.sources.services.failing import fail_run
from yiwang.nets.share.sources.services.watching import LATE, follow_table


@pytest.fixture
def table(engineer):
    source = Source.objects.create(owner="D01", name="库", kind="postgres", keeper=engineer.id)
    return SourceTable.objects.create(source=source, name="t", resource_name="登记", cycle="daily")


def tasks(actor):
    return [one for one in workflow.list_box(actor, "todo").lines if one.code == LATE]


def cases():
    return [(one.outcome or one.node) for one in Case.objects.filter(code=LATE).order_by("pk")]


def later(hours):
    return use_time(now() + timedelta(hours=hours))


def arrive(table):
    with acting(SYSTEM, "share.source.nothing", on=Ref("share.source_run", "")) as act:
        SourceTable.objects.filter(id=table.id).update(good_at=act.at, last_state="done")
        follow_table(act, table.id)


def test_a_late_table_opens_one_case_for_the_bureau_and_data_closes_it(engineer, steward, table):
    assert services.watch_tables() == 0
    with later(26):
        assert (services.watch_tables(), services.watch_tables()) == (1, 0)
        assert len(tasks(engineer)) == 1
        assert not tasks(steward)
        arrive(table)

    assert cases() == ["arrived"]
    assert not tasks(engineer)


def test_preparing_a_node_opens_and_ends_what_is_due_and_writes_nothing_else(engineer, table):
    workflow.prepare_shipped()
    acts = ActRow.objects.filter(verb="workflow.type.ship")
    before = acts.count()
    workflow.prepare_shipped()
    assert acts.count() == before

    with later(26):
        workflow.prepare_shipped()
        assert cases() == ["mend"]
        SourceTable.objects.filter(id=table.id).update(good_at=now(), last_state="done")
        workflow.prepare_shipped()
        assert cases() == ["arrived"]
    assert acts.count() == before + 2


def test_it_opens_again_the_next_time(engineer, table):
    with later(26):
        services.watch_tables()
        arrive(table)
    with later(60):
        services.watch_tables()

    assert cases() == ["arrived", "mend"]


def test_what_was_left_for_now_is_not_asked_again_until_it_came_and_is_late_anew(engineer, table):
    with later(26):
        services.watch_tables()
        [task] = tasks(engineer)
        workflow.act_on_task(engineer, task.id, "excuse", opinion="系统停机检修")
        assert services.watch_tables() == 0
    with later(50):
        assert services.watch_tables() == 0
        arrive(table)
    with later(90):
        assert services.watch_tables() == 1

    assert cases() == ["excused", "mend"]


def test_leaving_it_takes_the_right_to_manage_sources(engineer, steward, table):
    with later(26):
        services.watch_tables()
        [task] = tasks(engineer)
        workflow.transfer_task(engineer, task.id, steward.id, reason="代办")
        [task] = tasks(steward)
        with pytest.raises(NotPermitted):
            workflow.act_on_task(steward, task.id, "excuse", opinion="不要了")

    assert cases() == ["mend"]


def test_a_reading_that_fails_opens_the_case_at_once(engineer, table):
    run = Run.objects.create(table=table, asked_by=engineer.id)

    fail_run(run, Unavailable("sources.x", "The source does not answer"))

    [task] = tasks(engineer)
    assert Case.objects.get(pk=task.case_id).data["trouble"] == "failed"


def test_a_paused_table_is_asked_for_no_more(engineer, table):
    with later(26):
        services.watch_tables()
        SourceTable.objects.update(paused=True)
        services.watch_tables()

    assert cases() == ["dropped"]


def test_only_who_sees_the_source_sees_its_case(engineer, steward, person, table):
    stranger = person("steward", "D02")
    with later(26):
        services.watch_tables()
    case = Case.objects.get(code=LATE)

    assert workflow.describe_case(steward, case.pk).case == case
    with pytest.raises(NotFound):
        workflow.describe_case(stranger, case.pk)


def test_looking_at_quiet_tables_costs_the_same_however_many_they_are(
    engineer, table, django_assert_max_num_queries
):
    for number in range(20):
        SourceTable.objects.create(
            source=table.source, name=f"t{number}", resource_name=f"r{number}", cycle="daily"
        )

    with django_assert_max_num_queries(4):
        assert services.watch_tables() == 0
