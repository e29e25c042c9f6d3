"""Rows that are asked for by key come from an indexed table, the same rows as from the pool."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.tests.town import NUMBERS, ROWS
from yiwang.nets.share.exchange.types import Ask
from yiwang.nets.share.lookup import services
from yiwang.nets.share.lookup.models import Projection

from .conftest import land

pytestmark = pytest.mark.django_db


@pytest.fixture
def keyed(town):
    Resource.objects.filter(id=town.resource.id).update(key=["街道"])
    town.resource.refresh_from_db()
    return town


@pytest.fixture
def without_pool(monkeypatch):
    """Whoever asks the pool for rows after this is seen."""

    def close():
        def fail(*args, **kwargs):
            raise AssertionError("the pool was asked")

        monkeypatch.setattr(pool, "list_rows", fail)
        monkeypatch.setattr(pool, "count_matching", fail)

    return close


def look(town, grant, where, **said):
    return exchange.look_granted(town.people["reader"], grant.id, Ask((), where), **said)


def granted(town, **said):
    grant = town.grant(**{"columns": ("姓名", "街道", "状态"), "method": "api"} | said)
    run_due()
    return grant


def tables():
    return {one for one in connection.introspection.table_names() if one.startswith("lookup_p")} - {
        "lookup_projection"
    }


def test_a_row_by_key_comes_masked_without_the_pool(keyed, without_pool, program):
    grant = granted(keyed)
    without_pool()

    found = look(keyed, grant, "街道 = '东湖' and 状态 != '注销'", total=True)

    assert found.page.rows == ((1, ("赵**", "东湖", "在业")),)
    assert (found.total, found.page.more) == (1, False)
    assert look(keyed, grant, "街道 in ('西湖', '南湖')").page.rows == (
        (3, ("冯**", "西湖", "在业")),
    )
    assert look(keyed, grant, "街道 = '无'").page.rows == ()
    pages = look(keyed, grant, "街道 = '东湖'", limit=1)
    assert (len(pages.page.rows), pages.page.more) == (1, True)
    rest = look(keyed, grant, "街道 = '东湖'", limit=5, after=pages.page.next_after)
    assert [number for number, _ in rest.page.rows] == [2]
    odata = program("reader").get(
        f"/odata/{grant.id}/rows?$filter=jie_dao eq '西湖'&$count=true"
    ).json()  # fmt: skip
    assert (odata["@odata.count"], odata["value"][0]["_row"]) == (1, 3)


def test_it_is_asked_only_where_the_whole_key_is_named(keyed, monkeypatch):
    grant = granted(keyed)
    asked = []
    usual = pool.list_rows
    monkeypatch.setattr(pool, "list_rows", lambda *a, **k: asked.append(1) or usual(*a, **k))

    for where in (
        "状态 = '在业'",
        "街道 = '东湖' or 状态 = '在业'",
        "街道 != '东湖'",
        "not 街道 = '东湖'",
        "",
    ):
        look(keyed, grant, where)

    assert len(asked) == 5


def test_rows_beyond_the_grant_stay_there(keyed, without_pool):
    grant = granted(keyed, row_filter="身份证号 != '990103197201050021'")
    without_pool()
    found = look(keyed, grant, "街道 = '东湖'")
    assert [number for number, _ in found.page.rows] == [2]
    assert found.page.columns == ("姓名", "街道", "状态")


@pytest.mark.parametrize("mask", ["token", "prefix:2", "null"])
def test_masks_of_the_grant_are_the_same_as_from_the_pool(keyed, mask):
    grant = granted(
        keyed, columns=("姓名", "身份证号", "街道"), masks={"姓名": mask, "身份证号": "token"}
    )
    by_key = look(keyed, grant, "街道 = '东湖'").page.rows
    Projection.objects.update(ready_at=None)
    assert look(keyed, grant, "街道 = '东湖'").page.rows == by_key
    assert not any(number in str(by_key) for number in NUMBERS)


def test_texts_that_may_hold_personal_data_are_left_to_the_pool(keyed):
    found = {"filled": 10, "passed": 9, "looked": 0, "kinds": {}}
    Item.objects.filter(resource=keyed.resource, name="状态").update(found=found)
    grant = granted(keyed)
    assert Projection.objects.filter(ready_at__isnull=False).exists()
    plan = exchange.make_plan(keyed.people["reader"], grant.id, Ask((), "街道 = '东湖'"))
    assert plan.masks["状态"] == "~"
    assert services.find_keyed_rows(plan) is None


def test_new_data_makes_it_anew_and_nothing_old_is_given(keyed, without_pool):
    grant = granted(keyed)
    land(keyed, [("新来的", NUMBERS[2], "东湖", "在业")])
    assert [number for number, _ in look(keyed, grant, "街道 = '东湖'").page.rows] == [1]

    services.arrange(keyed.resource.id)
    run_due()
    without_pool()
    assert look(keyed, grant, "街道 = '东湖'").page.rows == ((1, ("新**", "东湖", "在业")),)
    assert Projection.objects.filter(ended_at=None).count() == 1


def test_it_goes_when_no_grant_needs_it(keyed):
    grant = granted(keyed)
    assert len(tables()) == 1
    assert services.arrange_all() == {"resources": 1, "dropped": 0}
    exchange.revoke_grant(keyed.people["owner"], grant.id, reason="用途已变")
    run_due()
    assert not Projection.objects.filter(ended_at=None).exists()
    Projection.objects.update(ended_at=now() - timedelta(minutes=5))

    assert services.arrange_all()["dropped"] == 1

    assert tables() == set()
    assert not Projection.objects.exists()


@pytest.mark.parametrize(
    "said",
    [{"method": "page"}, {"columns": ("姓名", "状态")}, {"masks": {"街道": "token"}}],
)
def test_it_is_made_only_for_programs_that_may_name_the_key(keyed, said):
    granted(keyed, **said)
    assert not Projection.objects.exists()


def test_a_key_of_two_columns(keyed, without_pool):
    Resource.objects.update(key=["街道", "状态"])
    grant = granted(keyed)
    without_pool()
    assert [n for n, _ in look(keyed, grant, "街道 = '东湖' and 状态 = '注销'").page.rows] == [2]


def test_what_was_broken_off_is_made_again(keyed):
    def stop():
        raise RuntimeError

    grant = keyed.grant(columns=("姓名", "街道", "状态"), method="api")
    with pytest.raises(RuntimeError):
        services.project(keyed.resource.id, stop)
    assert not Projection.objects.filter(ended_at=None).exists()

    assert services.project(keyed.resource.id) == len(ROWS)
    assert services.project(keyed.resource.id) == 0
    assert len(look(keyed, grant, "街道 = '东湖'").page.rows) == 2
