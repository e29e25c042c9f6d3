"""Check-only: match or no match, and nothing else by any way."""

from __future__ import annotations

import unicodedata

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput, NotPermitted, TooMany
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.notify.models import Notice
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import DeliveryOut, Miss, Terms
from yiwang.nets.share.exchange.tests.town import NUMBERS, ROWS

pytestmark = pytest.mark.django_db
COLUMNS = ("姓名", "身份证号", "街道")
NOBODY = "990103198503020994"


@pytest.fixture
def grant(town):
    return town.grant(method="check", columns=COLUMNS, volume=10_000)


def record(number=NUMBERS[0], name="赵钱孙", **said):
    return {"身份证号": number, "姓名": name} | said


def client_of(town, name="reader"):
    secret = identity.issue_token(town.people[name], name="t")[1]
    return Client(headers={"authorization": f"Bearer {secret}"})


def post(town, grant, records, name="reader"):
    return client_of(town, name).post(
        f"/api/v1/verify/{grant.id}", {"records": records}, content_type="application/json"
    )


def test_answers_are_match_or_no_match(town, grant):
    answer = post(
        town, grant,
        [record(), record(name="周吴郑"), record(NOBODY), record(街道="东湖"), record(街道="西湖")],
    )  # fmt: skip

    assert answer.status_code == 200, answer.content
    assert answer.json() == {"answers": ["match", "no match", "no match", "match", "no match"]}
    [delivery] = DeliveryOut.objects.all()
    assert (delivery.method, delivery.rows) == ("check", 5)
    assert [(one.rows, one.purpose) for one in ReadRow.objects.all()] == [(5, "走访困难家庭")]
    assert not Miss.objects.filter(key__contains=NOBODY).exists()


def test_a_clerk_checks_on_a_page(town, grant):
    pages = town.client("reader")
    url = f"/verify/{grant.id}/"
    assert url in pages.get(f"/exchange/grants/{grant.id}/").content.decode()
    fields = {name: field for field, name in pages.get(url).context["form"].names.items()}

    def say(**said):
        return pages.post(url, {fields[name]: text for name, text in said.items()})

    assert say(**record()).context["answer"] is True
    assert say(**record(name="周吴郑")).context["answer"] is False
    assert say(身份证号=NUMBERS[0]).status_code == 422
    assert say(姓名="赵钱孙").status_code == 422
    assert town.client("stranger").get(url).status_code == 404
    assert pages.get(f"/verify/{town.grant(columns=COLUMNS).id}/").status_code == 403


def test_a_key_that_exists_answers_as_one_that_does_not(town, grant):
    held = post(town, grant, [record(name="冯陈褚")])
    missing = post(town, grant, [record(NOBODY, name="冯陈褚")])

    assert held.content == missing.content
    assert set(held.headers) == set(missing.headers)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"身份证号": NUMBERS[0]}, "exchange.check.columns"),
        ({"姓名": "赵钱孙"}, "exchange.check.columns"),
        (record(name=" "), "exchange.check.blank"),
        (record(状态="在业"), "exchange.grant.column"),
    ],
)
def test_what_may_be_stated(town, grant, said, code):
    there = post(town, grant, [said])
    absent = post(town, grant, [said | {"身份证号": NOBODY} if "身份证号" in said else said])

    assert there.json()["code"] == code
    assert there.content.replace(NUMBERS[0].encode(), b"") == absent.content.replace(
        NOBODY.encode(), b""
    )
    assert not DeliveryOut.objects.exists()


def test_existence_is_told_only_where_nothing_but_the_key_was_asked_for(town):
    grant = town.grant(method="check", columns=("身份证号",))
    actor = town.people["reader"]
    asked = [{"身份证号": NUMBERS[0]}, {"身份证号": NOBODY}]

    assert exchange.check_records(actor, grant.id, asked) == [True, False]


def test_a_grant_narrowed_to_its_key_does_not_become_an_existence_check(town, grant):
    left = exchange.Narrower(("身份证号",), grant.until, 100)
    exchange.narrow_grant(town.people["owner"], grant.id, left, reason="只留身份证号")

    with pytest.raises(InvalidInput):
        exchange.check_records(town.people["reader"], grant.id, [{"身份证号": NUMBERS[0]}])


def test_no_row_leaves_by_any_way(town, grant):
    actor, client = town.people["reader"], client_of(town)
    table = (
        f"/api/v1/delta-sharing/shares/{grant.request.number}/schemas/default/tables/困难人员台账"
    )
    base = f"/api/v1/exchange/grants/{grant.id}"
    ways = {
        "rows": client.get(f"{base}/rows"),
        "arrow": client.get(f"{base}/arrow"),
        "delta query": client.post(f"{table}/query", {}, content_type="application/json"),
        "delta metadata": client.get(f"{table}/metadata"),
        "delta changes": client.get(f"{table}/changes?startingVersion=0"),
    }
    for way, answer in ways.items():
        assert (answer.status_code, answer.json()["code"]) == (403, "exchange.grant.check_only"), (
            way
        )
    for way in (
        f"/odata/{grant.request.number}/rows",
        f"/ckan/api/3/action/datastore_search?resource_id={grant.request.number}",
    ):
        answer = client.get(way)
        assert answer.status_code == 403, answer.content
        assert "东湖" not in answer.content.decode()
    pages = town.client("reader")
    for way in ("rows/", "file/?format=csv", "file/?format=xlsx", "file/?format=parquet"):
        assert pages.get(f"/exchange/grants/{grant.id}/{way}").status_code == 403, way
    shown = pages.get(f"/exchange/grants/{grant.id}/").content.decode()
    assert "/rows/" not in shown
    assert "delta-sharing" not in shown
    for read in (exchange.look_granted, exchange.stream_granted):
        with pytest.raises(NotPermitted):
            read(actor, grant.id)
    with pytest.raises(NotPermitted):
        exchange.open_granted(actor, grant.id, ending="csv")
    assert not DeliveryOut.objects.exists()


def test_a_grant_for_reading_answers_no_checks(town):
    grant = town.grant(columns=COLUMNS)

    assert post(town, grant, [record()]).json()["code"] == "exchange.grant.no_checks"


def test_others_do_not_learn_of_the_grant(town, grant):
    assert post(town, grant, [record()], "stranger").status_code == 404
    assert post(town, grant, [record()], "owner").status_code == 404


def test_checks_are_never_granted_by_themselves(town):
    town.resource.sharing_type = "unconditional"
    town.resource.save()

    assert town.ask(method="check", columns=("街道", "状态")).state == "waiting"


def test_the_rate_counts_records(town, grant):
    Terms.objects.update(rate=5)
    assert post(town, grant, [record()] * 3).status_code == 200
    assert post(town, grant, [record()] * 2).status_code == 200
    late = post(town, grant, [record()])

    assert (late.status_code, late.json()["code"]) == (429, "exchange.grant.rate")
    assert 0 < int(late.headers["Retry-After"]) <= 61


def test_a_key_can_be_guessed_at_ten_times_a_day(town, grant):
    for number in (NUMBERS[1], NOBODY):
        for at in range(10):
            assert post(town, grant, [record(number, name=f"某{at}")]).status_code == 200
        late = post(town, grant, [record(number, name="周吴郑")])
        assert (late.status_code, late.json()["code"]) == (429, "exchange.grant.misses")
        assert 0 < int(late.headers["Retry-After"]) <= 86401
    assert post(town, grant, [record()]).json() == {"answers": ["match"]}
    assert post(town, grant, [record(name=f"某{at}") for at in range(11)]).status_code == 429


def test_after_too_many_misses_the_grant_rests_and_the_owner_is_told(town, grant, settings):
    settings.YIWANG_MISSES = 6
    keys = [f"99010319850302{at:04d}" for at in range(6)]
    exchange.check_records(town.people["reader"], grant.id, [record(one) for one in keys[:5]])
    assert not Notice.objects.filter(
        url=f"/exchange/grants/{grant.id}/", account_id=town.people["owner"].id
    ).exists()
    exchange.check_records(town.people["reader"], grant.id, [record(keys[5])])

    with pytest.raises(TooMany):
        exchange.check_records(town.people["reader"], grant.id, [record()])
    told = Notice.objects.filter(
        url=f"/exchange/grants/{grant.id}/", account_id=town.people["owner"].id
    )
    assert told.count() == 1
    Miss.objects.update(day="2020-01-01")
    assert exchange.check_records(town.people["reader"], grant.id, [record()]) == [True]
    assert exchange.forget_misses() == 6


def fold(text):
    return unicodedata.normalize("NFKC", text).strip().upper()


def judge(said):
    """The slow way: look at every row."""
    names = ("姓名", "身份证号", "街道")
    return any(
        all(fold(row[names.index(name)]) == fold(text) for name, text in said.items())
        for row in ROWS
    )


def disguise(text):
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    return st.sampled_from([text, wide, f" {text} ", f"　{wide}"])


stated = st.fixed_dictionaries(
    {
        "身份证号": st.sampled_from([*NUMBERS, NOBODY]).flatmap(disguise),
        "姓名": st.sampled_from(["赵钱孙", "周吴郑", "冯陈褚", "谁"]).flatmap(disguise),
    },
    optional={"街道": st.sampled_from(["东湖", "西湖", "北湖"]).flatmap(disguise)},
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=st.lists(stated, min_size=1, max_size=8))
def test_answers_equal_a_slow_judge(town, grant, records):
    Miss.objects.all().delete()
    DeliveryOut.objects.all().delete()

    found = exchange.check_records(town.people["reader"], grant.id, records)

    assert found == [judge(one) for one in records]
