"""Sample rows of apps: through the import, all or none, into an empty app. 示例数据测试。"""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted

pytestmark = pytest.mark.django_db
ROOMS = {
    name: text
    for name, text in services.read_shipped("rooms").items()
    if not name.startswith("tests/")
}


@pytest.fixture
def engineer():
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    return identity.installer_actor()


def install(engineer, **changes):
    files = {**ROOMS, **{f"sample/{name}.csv": text for name, text in changes.items()}}
    services.install_app(engineer, files)


@pytest.mark.parametrize(
    "code",
    [one for one in services.list_shipped() if services.list_samples(services.read_shipped(one))],
)
def test_the_samples_of_a_shipped_app_load_into_the_empty_app_and_only_once(engineer, code):
    files = services.read_shipped(code)
    services.install_app(engineer, files, untested=True)

    found = services.load_sample(engineer, code)

    assert found.keys() == {f"{code}.{name}" for name in services.list_samples(files)}
    assert all(found.values())
    act = ActRow.objects.get(verb="apps.sample")
    assert act.details == {"rows": sum(found.values())}
    assert ActRow.objects.filter(verb="records.import.sheet").count() == len(found)
    with pytest.raises(Conflict) as refused:
        services.load_sample(engineer, code)
    assert refused.value.code == "apps.sample.rows"


def test_days_are_told_from_the_day_of_loading_and_links_by_name(engineer):
    install(engineer)

    services.load_sample(engineer, "rooms")

    desk = records.at_desk(engineer)
    found = records.list_records(desk, "rooms.booking", Wanted()).records
    weekly = next(one for one in found if one.title == "数据治理周例会")
    assert weekly.values["day"] == today() + timedelta(days=1)
    assert records.get_record(desk, "rooms.room", weekly.values["room"]).title == "三楼小会议室"


def test_a_wrong_cell_leaves_nothing_of_all_tables(engineer):
    install(
        engineer, booking="会议名称,会议室,日期,开始,结束\n例会,三楼小会议室,$today+1,09:00,08:00\n"
    )

    with pytest.raises(InvalidInput) as refused:
        services.load_sample(engineer, "rooms")

    assert refused.value.code == "records.import.wrong"
    assert records.count_app_rows("rooms") == 0


def test_two_samples_for_one_slot_are_refused_by_their_row(engineer):
    row = "例会,三楼小会议室,$today+1,09:00,10:00\n"
    install(engineer, booking=f"会议名称,会议室,日期,开始,结束\n{row}{row}")

    with pytest.raises(InvalidInput) as refused:
        services.load_sample(engineer, "rooms")

    assert "2.begins" in str(refused.value.detail)
    assert records.count_app_rows("rooms") == 0


def test_samples_of_nothing_are_named_by_the_check_and_an_app_without_any_says_so(engineer):
    files = {**ROOMS, "sample/garden.csv": "名称\n花园\n"}
    assert [one.code for one in services.find_problems(files)] == ["apps.sample.entity"]

    services.install_app(engineer, {k: v for k, v in ROOMS.items() if not k.startswith("sample/")})
    with pytest.raises(Conflict) as refused:
        services.load_sample(engineer, "rooms")
    assert refused.value.code == "apps.sample.none"


def test_only_who_may_manage_apps_loads_samples(engineer):
    install(engineer)
    info, _ = identity.create_account(SYSTEM, name="wang")
    identity.grant_role(SYSTEM, info.id, "viewer")

    with pytest.raises(NotPermitted):
        services.load_sample(identity.get_actor(info.id), "rooms")


def change(engineer, code, **values):
    """Somebody changes the first record of an entity. 修改首条记录。"""
    desk = records.at_desk(engineer)
    record = records.list_records(desk, code, Wanted()).records[0]
    records.update_record(desk, code, record.id, values, rev=record.rev)
    return record


@pytest.mark.parametrize(
    "code",
    [one for one in services.list_shipped() if services.list_samples(services.read_shipped(one))],
)
def test_what_a_sample_brought_is_taken_away_whole_and_can_be_loaded_again(engineer, code):
    services.install_app(engineer, services.read_shipped(code), untested=True)
    loaded = services.load_sample(engineer, code)
    assert services.find_sample(code) == (False, sum(loaded.values()))

    assert services.remove_sample(engineer, code, reason="试用结束") == sum(loaded.values())

    assert records.count_app_rows(code) == 0
    assert ActRow.objects.get(verb="apps.sample.remove").reason == "试用结束"
    assert services.find_sample(code) == (True, 0)
    assert services.load_sample(engineer, code) == loaded


def test_a_sample_row_that_somebody_changed_is_named_and_nothing_is_removed(engineer):
    install(engineer)
    loaded = services.load_sample(engineer, "rooms")
    changed = change(engineer, "rooms.room", seats=9)

    with pytest.raises(Conflict) as refused:
        services.remove_sample(engineer, "rooms", reason="试用结束")

    assert refused.value.code == "apps.sample.changed"
    assert f"会议室 {changed.title}" in str(refused.value.detail)
    assert records.count_app_rows("rooms") == sum(loaded.values())


def test_a_sample_row_that_others_point_at_is_named_and_ones_own_rows_stay(engineer):
    install(engineer)
    services.load_sample(engineer, "rooms")
    desk = records.at_desk(engineer)
    room = next(
        one for one in records.list_records(desk, "rooms.room", Wanted()).records
        if one.title == "三楼小会议室"
    )  # fmt: skip
    own = {
        "what": "自己的会",
        "room": room.id,
        "day": f"{today() + timedelta(days=5)}",
        "begins": "18:00",
        "ends": "19:00",
    }
    mine = records.create_record(desk, "rooms.booking", own)

    with pytest.raises(Conflict) as refused:
        services.remove_sample(engineer, "rooms", reason="试用结束")
    assert refused.value.code == "apps.sample.linked"
    assert room.title in str(refused.value.detail)

    records.remove_record(desk, "rooms.booking", mine.id, rev=mine.rev)
    gone = records.list_records(desk, "rooms.booking", Wanted()).records[0]
    records.remove_record(desk, "rooms.booking", gone.id, rev=gone.rev)
    services.remove_sample(engineer, "rooms", reason="试用结束")
    assert records.count_app_rows("rooms") == 0


def test_nothing_is_removed_where_nothing_was_loaded_or_by_who_may_not(engineer):
    install(engineer)
    with pytest.raises(Conflict) as refused:
        services.remove_sample(engineer, "rooms", reason="试用结束")
    assert refused.value.code == "apps.sample.not_loaded"

    services.load_sample(engineer, "rooms")
    info, _ = identity.create_account(SYSTEM, name="wang")
    identity.grant_role(SYSTEM, info.id, "viewer")
    with pytest.raises(NotPermitted):
        services.remove_sample(identity.get_actor(info.id), "rooms", reason="试用结束")
    assert services.find_sample("rooms")[1]


def test_buttons_on_the_page_of_an_app_load_its_sample_and_take_it_away(engineer, client_of):
    install(engineer)
    client = client_of(engineer)
    assert "装载示例数据" in client.get("/apps/rooms/").content.decode()

    loaded = client.post("/apps/rooms/sample/", follow=True).content.decode()
    rows = records.count_app_rows("rooms")
    assert f"示例数据带来 {rows} 条记录。" in loaded
    changed = change(engineer, "rooms.room", seats=9)
    refused = client.post("/apps/rooms/sample/remove/", {"reason": "清理"}, follow=True)
    assert changed.title in refused.content.decode()
    assert records.count_app_rows("rooms") == rows

    records.remove_record(records.at_desk(engineer), "rooms.booking", _newest(engineer), rev=1)
    assert client.post("/apps/rooms/sample/remove/").status_code == 302
    assert records.count_app_rows("rooms") == rows - 1


def _newest(engineer):
    return records.list_records(records.at_desk(engineer), "rooms.booking", Wanted()).records[0].id
