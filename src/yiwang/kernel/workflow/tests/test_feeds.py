"""Deadlines in one's own calendar: what it holds, and who can read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.calendar.services import write_calendar
from yiwang.kernel.calendar.services.icalendar import escape_text, fold_line
from yiwang.kernel.calendar.types import CalendarEntry
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import CalendarFeed
from yiwang.kernel.workflow.services import feeds

from .conftest import PASSWORD, Town

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def monday():
    with use_time(MONDAY):
        yield


def sign_in(name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def make_address(client: Client) -> str:
    answer = client.post("/cases/calendar/make/")
    found = re.search(
        r'value="http://testserver(/cases/calendar/[^"?]+\.ics)"', answer.content.decode()
    )
    assert found
    return found[1]


def unfold(body: bytes) -> list[str]:
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def test_open_tasks_with_a_deadline_stand_in_it_and_nothing_filled_in(town: Town, monday):
    case = services.start_case(
        town["wang"], "demo.leave", {"days": 2, "why": "看病去"}, title="请假, 两天"
    )
    board = town.start("wang", "demo.board", members=[town["li"].id], text="x")
    town.act("wang", board)
    address = make_address(sign_in("li"))

    answer = Client().get(address)
    lines = unfold(answer.content)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert lines.count("BEGIN:VEVENT") == 1  # the vote has no deadline
    assert f"SUMMARY:{case.number} 请假\\, 两天" in lines
    # Two working days from Monday morning: the end of Wednesday's office hours.
    assert "DTEND;TZID=Asia/Shanghai:20261125T173000" in lines
    assert f"URL:http://testserver/cases/{case.pk}/" in lines
    assert "看病去" not in answer.content.decode()


def test_as_tasks_it_holds_tasks(town: Town, monday):
    town.start("wang", days=2)
    address = make_address(sign_in("li"))

    lines = unfold(Client().get(f"{address}?as=tasks").content)

    assert "BEGIN:VTODO" in lines
    assert "DUE;TZID=Asia/Shanghai:20261125T173000" in lines
    assert "BEGIN:VEVENT" not in lines


def test_what_is_decided_or_stands_still_leaves_it(town: Town, monday):
    done, still = town.start("wang", days=2), town.start("wang", days=2)
    address = make_address(sign_in("li"))
    assert unfold(Client().get(address).content).count("BEGIN:VEVENT") == 2

    town.act("li", done)
    services.suspend(town["mayor"], still.pk, reason="等政策")

    assert unfold(Client().get(address).content).count("BEGIN:VEVENT") == 0


def test_it_is_sent_again_only_when_it_has_changed(town: Town, monday):
    town.start("wang", days=2)
    address = make_address(sign_in("li"))
    first = Client().get(address)

    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    town.start("wang", days=2)
    changed = Client().get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert changed.status_code == 200
    assert Client().head(address).status_code == 200


@pytest.mark.parametrize("secret", ["", "x", "a" * 43, "%00", "../../etc/passwd", "\u4e00" * 20])
def test_a_guess_opens_nothing(town: Town, secret):
    assert make_address(sign_in("li"))

    assert Client().get(f"/cases/calendar/{secret}.ics").status_code in (400, 404)


def test_a_right_beginning_opens_nothing(town: Town):
    address = make_address(sign_in("li"))
    secret = address.removeprefix("/cases/calendar/").removesuffix(".ics")

    for wrong in (secret[:-1], secret + "x", secret[:12] + "x" * 31, secret.swapcase()):
        assert Client().get(f"/cases/calendar/{wrong}.ics").status_code == 404
    assert secret not in str(CalendarFeed.objects.values().get())


def test_a_new_address_ends_the_old_one_and_stopping_ends_it_too(town: Town):
    client = sign_in("li")
    old = make_address(client)
    new = make_address(client)
    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)

    client.post("/cases/calendar/revoke/")

    assert Client().get(new).status_code == 404
    with pytest.raises(NotFound):
        feeds.revoke_feed(town["li"])


def test_it_ends_with_the_account_and_with_the_right_to_work(town: Town):
    locked, moved = make_address(sign_in("li")), make_address(sign_in("wang"))

    identity.lock_account(SYSTEM, town["li"].id, reason="离职")
    (grant,) = identity.list_grants(SYSTEM, town["wang"].id)
    identity.revoke_role(SYSTEM, town["wang"].id, grant.role)

    assert (Client().get(locked).status_code, Client().get(moved).status_code) == (404, 404)


def test_each_reads_their_own_tasks_only(town: Town, monday):
    case = town.start("wang", days=2)
    other = make_address(sign_in("zhao"))

    assert case.number not in Client().get(other).content.decode()


def test_its_owner_sees_when_it_was_last_read(town: Town):
    address = make_address(sign_in("li"))
    assert feeds.find_feed(town["li"]).used_at is None

    with use_time(MONDAY):
        Client().get(address)
    with use_time(MONDAY + timedelta(minutes=30)):
        Client().get(address)

    assert feeds.find_feed(town["li"]).used_at == MONDAY


def test_a_title_cannot_write_lines_of_the_calendar(town: Town, monday):
    hostile = "x\u2028END:VEVENT\u0085ATTACH:file:///etc/passwd"
    services.start_case(town["wang"], "demo.leave", {"days": 2}, title=hostile)
    address = make_address(sign_in("li"))

    lines = unfold(Client().get(address).content)

    assert not [line for line in lines if line.startswith(("ATTACH", "END:VEVENTA"))]
    assert lines.count("END:VEVENT") == 1


@given(st.text(max_size=400))
def test_folded_lines_are_short_and_whole_letters_and_unfold_to_what_they_were(text):
    kept = escape_text(text)
    folded = fold_line(kept)

    parts = folded.removesuffix(b"\r\n").split(b"\r\n ")
    assert all(len(part) <= 75 - bool(at) for at, part in enumerate(parts))
    assert b"".join(parts).decode() == kept
    assert "\n" not in kept
    assert "\r" not in kept


@given(st.lists(st.text(max_size=60), max_size=4))
def test_whatever_the_texts_the_frame_of_a_calendar_stands(texts):
    entries = [
        CalendarEntry(uid=text, title=text, text=text, url=text, due_at=MONDAY, since=MONDAY,
                      alarms=(timedelta(0),))
        for text in texts
    ]  # fmt: skip
    lines = unfold(write_calendar("".join(texts), entries))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    for name in ("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM"):
        assert lines.count(name) == len(texts)
    assert all(re.match(r"[A-Z-]+[;:]", line) for line in lines[:-1])
