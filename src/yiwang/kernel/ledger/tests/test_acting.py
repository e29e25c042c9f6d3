import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import Conflict, NotPermitted
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.kernel.ledger.services import acting, check_guards, record_read, require_guards

pytestmark = pytest.mark.django_db(transaction=True)

STEWARD = Actor(id="a1", organization="0001", roles=frozenset({"steward", "viewer"}))
THING = Ref("share.resource", "r1", "低保名单")


def test_an_act_leaves_one_row_with_who_what_and_why():
    with acting(STEWARD, "share.resource.published", on=THING, reason="年度更新") as act:
        act.note(version=3)

    row = ActRow.objects.get()
    assert (row.id, row.actor_id, row.organization) == (act.id, "a1", "0001")
    assert (row.roles, row.verb, row.reason) == (
        "steward viewer",
        "share.resource.published",
        "年度更新",
    )
    assert (row.object_type, row.object_id, row.object_label) == (
        "share.resource",
        "r1",
        "低保名单",
    )
    assert row.details == {"version": 3}


def test_an_exception_leaves_no_row():
    with pytest.raises(Conflict), acting(STEWARD, "x.done", on=THING):
        raise Conflict("x.y", "no")

    assert not ActRow.objects.exists()


def test_inner_acts_name_their_parent_and_roll_back_alone():
    with acting(STEWARD, "outer", on=THING) as outer:
        with acting(STEWARD, "kept", on=THING):
            pass
        with pytest.raises(Conflict), acting(STEWARD, "lost", on=THING):
            raise Conflict("x.y", "no")

    rows = {row.verb: row.parent_id for row in ActRow.objects.all()}
    assert rows == {"outer": "", "kept": outer.id}


def test_a_refused_attempt_is_recorded_once_after_the_rollback():
    with pytest.raises(NotPermitted), acting(STEWARD, "outer", on=THING):
        with acting(STEWARD, "inner", on=THING):
            STEWARD.require("share.publish")

    row = ActRow.objects.get()
    assert (row.verb, row.outcome, row.refusal_code) == ("inner", "refused", "permission.denied")


def test_a_refusal_that_the_outer_act_survives_is_recorded_too():
    with acting(STEWARD, "outer", on=THING):
        with pytest.raises(NotPermitted), acting(STEWARD, "inner", on=THING):
            STEWARD.require("share.publish")

    assert dict(ActRow.objects.values_list("verb", "outcome")) == {
        "outer": "done",
        "inner": "refused",
    }


def test_a_look_at_personal_data_is_one_row_with_its_act():
    with acting(STEWARD, "share.rows.unmasked", on=THING) as act:
        record_read(
            STEWARD, on=THING, purpose="核查", columns=["name"], rows=50, where="", unmasked=True
        )

    row = ReadRow.objects.get()
    assert (row.columns, row.rows, row.unmasked, row.act_id) == (["name"], 50, True, act.id)


def statements():
    yield "UPDATE ledger_actrow SET reason = 'x'"
    yield "DELETE FROM ledger_actrow"
    yield "UPDATE ledger_readrow SET purpose = 'x'"
    yield "DELETE FROM ledger_readrow"
    if connection.vendor == "postgresql":
        yield "TRUNCATE ledger_actrow"
        yield "TRUNCATE ledger_readrow"
        yield "SET session_replication_role = replica; DELETE FROM ledger_actrow"
    else:
        yield "INSERT OR REPLACE INTO ledger_actrow SELECT * FROM ledger_actrow"


def test_raw_sql_cannot_change_or_remove_a_row():
    with acting(STEWARD, "x.done", on=THING):
        record_read(STEWARD, on=THING, purpose="核查", columns=["name"], rows=1)

    for statement in statements():
        with pytest.raises(DatabaseError, match="append-only"):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert (ActRow.objects.count(), ReadRow.objects.count()) == (1, 1)


def test_a_missing_guard_is_named():
    assert check_guards() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_actrow DISABLE TRIGGER ledger_actrow_rows")
        else:
            cursor.execute("DROP TRIGGER ledger_actrow_update")

    assert len(check_guards()) == 1
    with pytest.raises(Conflict, match="not guarded"):
        require_guards()
    call_command("migrate", "ledger", verbosity=0)
    assert check_guards() == []


def test_an_act_whose_change_fails_in_the_database_leaves_nothing():
    kept = ActRow.objects.count()
    with pytest.raises(DatabaseError), acting(STEWARD, "test.fails", on=Ref("test", "1")) as act:
        ActRow(id="taken", at=act.at, actor_id="a", object_type="t", verb="v").save()
        ActRow(id="taken", at=act.at, actor_id="a", object_type="t", verb="v").save(
            force_insert=True
        )

    assert ActRow.objects.count() == kept
