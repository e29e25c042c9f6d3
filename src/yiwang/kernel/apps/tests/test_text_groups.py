"""Letters of the app of 12345 requests, grouped as they come, seen by who may see them."""

from __future__ import annotations

import pytest

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound, YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.texts import services
from yiwang.kernel.texts.models import TextTrace

LETTER = "hotline.letter"
BODY = "东湖路从邮局到学校的路灯坏了一周，晚上行人看不清路，请尽快维修。"


def make(name: str, role: str, organization: str) -> Actor:
    account, _ = identity.create_account(SYSTEM, name=name, organization_code=organization)
    identity.grant_role(SYSTEM, account.id, role)
    return identity.get_actor(account.id)


@pytest.fixture
def people(db):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    for code in ("H1", "H2"):
        identity.create_organization(SYSTEM, code=code, name=f"{code}热线", kind="department")
    engineer = identity.installer_actor()
    apps.install_app(engineer, apps.read_shipped("hotline"), untested=True)
    return {
        "eng": engineer, "li": make("li", "steward", "H1"), "wang": make("wang", "steward", "H2"),
        "viewer": make("viewer", "viewer", "H1"),
    }  # fmt: skip


def write(actor: Actor, title: str, body: str = BODY, **more: object) -> str:
    values = {"title": title, "body": body, "arrived": now().isoformat(), **more}
    return records.create_record(records.at_desk(actor), LETTER, values).id


def group_of(record: str) -> str:
    return TextTrace.objects.get(record=record).group_id


def test_letters_that_say_the_same_come_together_as_they_come(people):
    li = people["li"]
    first = write(li, "东湖路路灯不亮", place="东湖路")
    other = write(li, "咨询落户材料", "本科毕业两年，想咨询落户要准备什么。")
    assert services.sort_texts(LETTER) == 2

    again = write(li, "东湖路 路灯不亮！", place="东湖路")
    assert services.sort_texts(LETTER) == 1
    assert services.sort_texts(LETTER) == 0

    assert group_of(again) == group_of(first) != group_of(other)
    line = services.list_groups(li, LETTER, days=30)
    assert [(one.size, one.before, one.repeats, one.places) for one in line] == [
        (2, 0, 1, ["东湖路"])
    ]


def test_a_group_counts_and_shows_only_what_its_reader_may_see(people):
    first = write(people["li"], "东湖路路灯不亮")
    second = write(people["wang"], "东湖路路灯不亮")
    services.sort_texts(LETTER)

    assert services.list_groups(people["eng"], LETTER, days=30)[0].size == 2
    assert services.list_groups(people["li"], LETTER, days=30) == []
    seen = services.get_group(people["li"], group_of(first))
    assert [one.record.id for one in seen.members] == [first]
    masked = services.get_group(people["viewer"], group_of(first)).members[0].record
    assert "body" in masked.masked
    services.leave_group(people["wang"], group_of(second), second)
    with pytest.raises(NotFound):
        services.get_group(people["li"], group_of(second))


def test_what_a_person_moved_stays_and_what_is_gone_is_forgotten(people):
    li = people["li"]
    first, again = write(li, "东湖路路灯不亮"), write(li, "东湖路路灯不亮")
    services.sort_texts(LETTER)
    group = group_of(first)

    services.leave_group(li, group, again)
    desk = records.at_desk(li)
    rev = records.get_record(desk, LETTER, again).rev
    records.update_record(desk, LETTER, again, {"title": "东湖路路灯不亮了"}, rev=rev)
    services.sort_texts(LETTER)
    assert group_of(again) != group
    services.join_group(li, group, again)
    assert group_of(again) == group
    with pytest.raises(YiwangError):
        services.join_group(people["viewer"], group, again)
    with pytest.raises(NotFound):
        services.join_group(people["wang"], group, again)

    eng = records.at_desk(people["eng"])
    rev = records.get_record(eng, LETTER, again).rev
    records.remove_record(eng, LETTER, again, rev=rev)
    assert services.forget_removed(LETTER) == 1
    assert not TextTrace.objects.filter(record=again).exists()


def test_an_act_that_began_earlier_and_was_written_later_is_read_too(people, monkeypatch):
    li = people["li"]
    early = write(li, "东湖路路灯不亮")
    TextTrace.objects.all().delete()
    write(li, "咨询落户材料", "本科毕业两年，想咨询落户要准备什么。")
    services.sort_texts(LETTER)
    TextTrace.objects.filter(record=early).delete()  # As if its transaction had ended only now.

    assert services.sort_texts(LETTER) == 1
    assert TextTrace.objects.filter(record=early).exists()
