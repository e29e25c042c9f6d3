"""What was worked out is used again, and never once anything it stands on has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog.models import Item, ItemMark, Resource
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Terms
from yiwang.nets.share.exchange.services import Plan, Refusal, delivering, frames
from yiwang.nets.share.exchange.types import Handed

from .town import COLUMNS, ROWS, make_town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db):
    return make_town()


def tell(town, grant):
    """What is decided now, in short."""
    found = services.decide(town.people["reader"], grant.id)
    if isinstance(found, Refusal):
        return found.code
    return found.version.number, found.columns, dict(found.masks), found.terms.number


def land(town):
    with acting(SYSTEM, "test.land", on=Ref("test", "1")) as act:
        staged = pool.stage_rows(list(COLUMNS), [ROWS[:2]], profile=False)
        pool.commit(act, town.resource.table, staged)


CHANGES = {
    "an item is found personal": lambda town, grant: Item.objects.filter(
        resource=town.resource, name="街道"
    ).update(element="resident_id"),
    "an item is closed by save": lambda town, grant: _close(town),
    "new data lands": lambda town, grant: land(town),
    "the resource is closed": lambda town, grant: Resource.objects.update(sharing_type="none"),
    "it is revoked": lambda town, grant: services.revoke_grant(
        town.people["owner"], grant.id, reason="用途已变"
    ),
    "its organization is denied": lambda town, grant: services.deny(
        town.people["owner"], "D02", resource_id=town.resource.id, reason="转给第三方"
    ),
    "it is narrowed": lambda town, grant: services.narrow_grant(
        town.people["owner"], grant.id,
        services.Narrower(("街道",), services.get_terms(grant).until, 5), reason="只需街道",
    ),
    "the quota is used": lambda town, grant: Grant.objects.update(
        used_month=f"{now():%Y-%m}", used_rows=100
    ),
    "the data has gone": lambda town, grant: Resource.objects.update(table=""),
}  # fmt: skip


def _close(town):
    item = Item.objects.get(resource=town.resource, name="街道")
    item.closed = True
    item.save()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_counts_for_the_next_decision(town, change):
    grant = town.grant()
    before = tell(town, grant)
    assert tell(town, grant) == before

    CHANGES[change](town, grant)
    after = tell(town, grant)

    assert after != before
    frames._kept.clear()
    assert tell(town, grant) == after


def test_a_decision_asks_the_database_once(town, django_assert_num_queries):
    grant = town.grant()
    tell(town, grant)

    with django_assert_num_queries(1):
        tell(town, grant)


def test_what_is_rolled_back_is_not_kept(town):
    grant = town.grant()
    before = tell(town, grant)

    with transaction.atomic():
        CHANGES["an item is found personal"](town, grant)
        assert tell(town, grant) != before
        transaction.set_rollback(True)

    assert tell(town, grant) == before
    CHANGES["an item is closed by save"](town, grant)
    assert tell(town, grant)[2]["街道"] == "*"


def test_any_way_to_write_an_item_is_counted(town):
    mark = ItemMark.objects.get(pk=town.resource.id).number
    items = Item.objects.filter(resource=town.resource)

    items.update(grade=1)
    Item.objects.bulk_update(items, ["grade"])
    items.first().save()
    items.last().delete()

    assert ItemMark.objects.get(pk=town.resource.id).number >= mark + 2 * len(COLUMNS) + 2


def test_the_next_month_begins_anew_and_failed_files_give_back(town, monkeypatch):
    grant = town.grant(volume=4)
    reader = town.people["reader"]
    monkeypatch.setattr(delivering, "_write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.open_granted(reader, grant.id, ending="csv")
    assert services.decide(reader, grant.id).left == 4
    monkeypatch.undo()
    services.look_granted(reader, grant.id)

    assert services.decide(reader, grant.id).left == 1
    evidence.sequence()  # else nothing is handed out after a month
    with use_time(now() + timedelta(days=32)):
        assert services.decide(reader, grant.id).left == 4


def test_what_was_cut_off_long_ago_is_given_back_once(town):
    grant = town.grant(volume=10)
    reader = town.people["reader"]
    plan = services.make_plan(reader, grant.id)
    services.hand_out(reader, plan, rows=6, method="csv", state=Handed.OPEN)
    assert services.give_up_abandoned() == 0
    Grant.objects.update(used_month=f"{now() + timedelta(hours=8):%Y-%m}")
    DeliveryOut.objects.update(created_at=now() - timedelta(minutes=1))
    monthly = services.decide(reader, grant.id).left
    delivering.ABANDONED, kept = timedelta(0), delivering.ABANDONED
    try:
        assert [services.give_up_abandoned(), services.give_up_abandoned()] == [1, 0]
    finally:
        delivering.ABANDONED = kept

    assert (monthly, services.decide(reader, grant.id).left) == (4, 10)


def test_a_process_keeps_only_so_many(town, monkeypatch):
    monkeypatch.setattr(frames, "MOST", 2)
    for at in range(4):
        grant = town.grant(columns=COLUMNS[at : at + 1], anyway=True)
        assert isinstance(services.decide(town.people["reader"], grant.id), Plan)
    assert len(frames._kept) <= 2
    assert Terms.objects.count() == 4
