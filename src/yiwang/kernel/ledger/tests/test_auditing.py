from datetime import datetime, timedelta

import pytest

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import CITY_ZONE, use_time
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import (
    acting,
    check_retention,
    list_looks,
    reading,
    record_read,
)

pytestmark = pytest.mark.django_db

AUDITOR = Actor(id="auditor", roles=frozenset({"auditor"}), permissions={"ledger.read": "all"})
STEWARD = Actor(id="steward", organization="0001", roles=frozenset({"steward"}))
THING = Ref("share.resource", "r1", "=低保名单")
NOON = datetime(2026, 11, 22, 12, tzinfo=CITY_ZONE)


def do(verb, *, at=NOON, actor=STEWARD):
    with use_time(at), acting(actor, verb, on=THING) as act:
        record_read(actor, on=THING, purpose="核查", columns=["name"], rows=3, unmasked=True)
    return act


def test_the_auditor_finds_acts_by_person_verb_and_day(client_of):
    do("share.found")
    do("sense.other")
    do("share.found", at=NOON - timedelta(days=1), actor=Actor(id="somebody"))

    page = client_of(AUDITOR).get(
        "/ledger/", {"verb": "share.", "since": "2026-11-22", "until": "2026-11-22"}
    )

    assert page.status_code == 200
    rows = page.context["list"].rows
    assert [row[1].text or row[2].text for row in rows] == ["steward"]


def test_each_look_at_the_ledger_is_recorded_with_what_was_asked(client_of):
    act = do("share.found")
    client = client_of(AUDITOR)

    client.get("/ledger/", {"verb": "share."})
    client.get("/ledger/reads/")
    assert "share.found" in client.get(f"/ledger/acts/{act.id}/").content.decode()

    rows = ActRow.objects.filter(actor_id="auditor").order_by("at", "id")
    assert [row.verb for row in rows] == [
        "ledger.acts.listed",
        "ledger.reads.listed",
        "ledger.act.looked_at",
    ]
    assert rows[0].details == {"verb": "share."}


def write_a_number():
    """A reason, a purpose and a filter in which somebody wrote a number of a person."""
    with (
        use_time(NOON),
        acting(STEWARD, "share.found", on=THING, reason="请联系13912345678") as act,
    ):
        record_read(STEWARD, on=THING, purpose="回访13912345678", columns=["name"], rows=1,
                    where="phone = '13912345678'")  # fmt: skip
    return act


def test_numbers_of_people_in_what_was_written_are_masked_wherever_the_auditor_reads(client_of):
    act, client = write_a_number(), client_of(AUDITOR)
    addresses = ["/ledger/", "/ledger/reads/", f"/ledger/acts/{act.id}/"]
    told = [client.get(one).content.decode() for one in addresses]
    for one in addresses[:2]:
        answer = client.get(one, {"format": "csv"})
        told.append(b"".join(answer.streaming_content).decode("utf-8-sig"))

    assert all("139****5678" in text for text in told)
    assert not any("13912345678" in text for text in told)
    assert ActRow.objects.get(pk=act.id).reason == "请联系13912345678"


def test_without_a_finder_nothing_of_what_was_written_shows(client_of, monkeypatch):
    act = write_a_number()
    monkeypatch.setattr(reading, "_text_mask", None)

    text = client_of(AUDITOR).get(f"/ledger/acts/{act.id}/").content.decode()

    assert "联系" not in text
    assert "回访" not in text


def test_an_export_defuses_formulas_and_is_recorded_as_export(client_of):
    do("share.found")

    answer = client_of(AUDITOR).get("/ledger/", {"format": "csv"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=低保名单" in text
    assert ActRow.objects.filter(verb="ledger.acts.exported").count() == 1


def test_whoever_is_no_auditor_is_refused_and_that_is_on_record(client_of):
    answer = client_of(STEWARD).get("/ledger/")

    assert answer.status_code == 403
    row = ActRow.objects.get()
    assert (row.actor_id, row.verb, row.outcome) == ("steward", "ui.page.opened", "refused")
    assert row.object_label == "/ledger/"


def test_a_thing_knows_who_looked_at_it():
    do("share.rows.unmasked")

    (look,) = list_looks(THING)

    assert (look.actor_id, look.purpose, look.rows, look.unmasked) == ("steward", "核查", 3, True)


def test_lists_take_a_constant_number_of_queries(client_of, django_assert_max_num_queries):
    client = client_of(AUDITOR)
    for _ in range(60):
        do("share.found")

    with django_assert_max_num_queries(6):
        client.get("/ledger/")


@pytest.mark.parametrize(("days", "problems"), [(179, 1), (180, 0), (3650, 0)])
def test_the_ledger_is_never_kept_for_less_than_half_a_year(days, problems):
    assert len(check_retention(days)) == problems
