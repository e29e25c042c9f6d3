"""Vehicles of the shipped app: held when asked for, free again when refused or terminated. 用车测试。"""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.records import types as records_types
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Task

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 1)


@pytest.fixture
def city():
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    engineer = identity.installer_actor()
    services.install_app(engineer, services.read_shipped("rooms"), untested=True)
    services.load_sample(engineer, "rooms")
    found = {"office": engineer}
    for role in ("viewer", "steward", "director"):
        info, _ = identity.create_account(SYSTEM, name=role)
        identity.add_post(SYSTEM, info.id, organization_code="B01", valid_from=date(2026, 1, 1))
        identity.grant_role(SYSTEM, info.id, role)
        found[role] = identity.get_actor(info.id)
    return found


def ask(city, begins="08:00", ends="12:00"):
    desk = records.at_desk(city["viewer"])
    ((car, _), *_) = records.offer_records(desk, "rooms.vehicle", "", 5)
    data = {
        "purpose": "下乡调研", "vehicle": car, "day": f"{DAY}", "begins": begins, "ends": ends, "goal": "北溪镇",
    }  # fmt: skip
    return workflow.start_case(city["viewer"], "rooms.vehicle", data), car


def taken(city, car):
    (told,) = records.list_slots(records.at_desk(city["office"]), "rooms.trip", [car], DAY)
    return sum(one.taken for one in told.slots)


def decide(city, who, case, action):
    task = Task.objects.get(case=case, status="open")
    workflow.act_on_task(city[who], task.pk, action, opinion="阅")


def test_a_vehicle_is_held_while_the_request_is_open_and_granted_with_it(city):
    case, car = ask(city)
    assert taken(city, car) == 4

    decide(city, "steward", case, "agree")
    decide(city, "director", case, "agree")

    assert taken(city, car) == 4
    case.refresh_from_db()
    assert case.outcome == "granted"


def test_who_comes_second_hears_which_hours_are_free_and_no_case_is_opened(city):
    _, _car = ask(city)
    before = Task.objects.count()

    with pytest.raises(InvalidInput) as refused:
        ask(city, "10:00", "11:00")

    assert refused.value.code == "workflow.keeps.refused"
    assert refused.value.extra["key"] == "begins"
    assert "free are 12:00–13:00" in str(refused.value.detail)
    assert Task.objects.count() == before


def test_a_request_that_is_refused_or_terminated_frees_the_vehicle(city):
    case, car = ask(city)
    decide(city, "steward", case, "refuse")
    assert taken(city, car) == 0

    again, _ = ask(city)
    assert taken(city, car) == 4
    workflow.terminate(city["viewer"], again.pk, reason="改期")
    assert taken(city, car) == 0


def press(client, page):
    """Press the first of the slots that a refused form offers instead. 改选首个时段。"""
    source = page.content.decode()
    value = html.unescape(re.search(r'name="instead" value="([^"]+)"', source)[1])
    sent = {**page.wsgi_request.POST.dict(), "instead": value}
    return client.post(page.wsgi_request.path, sent)


def test_a_refused_request_offers_other_hours_as_buttons_and_one_press_asks_for_them(
    city, client_of
):
    first, car = ask(city)
    client = client_of(city["viewer"])
    told = {
        "vehicle": car,
        "day": f"{DAY}",
        "begins": "10:00",
        "ends": "12:00",
        "purpose": "送文件",
    }
    sent = {f"f_{key}": value for key, value in {**told, "goal": "区里"}.items()} | {
        "key": "once", "title": "",
    }  # fmt: skip

    refused = client.post("/cases/start/rooms.vehicle/", sent)
    assert refused.status_code == 422
    # Beside its field, whose label stands there, the label is not said again.
    assert refused.context["form"].errors["f_begins"][0].startswith(f"{DAY}")
    taken_over = press(client, refused)

    assert taken_over.status_code == 302
    trips = records.list_records(
        records.at_desk(city["office"]), "rooms.trip", records_types.Wanted()
    ).records
    assert {(one.values["begins"], one.values["ends"]) for one in trips} == {
        ("08:00", "12:00"),
        ("12:00", "14:00"),
    }
    assert taken(city, car) == 6
    assert first.number not in taken_over["Location"]
