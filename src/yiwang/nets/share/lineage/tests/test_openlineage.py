"""Events from outside: what they say is kept, what cannot be meant is refused with its place."""

from __future__ import annotations

import json
from uuid import uuid4

import jsonschema_rs
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.types import Ask
from yiwang.nets.share.lineage import services
from yiwang.nets.share.lineage.models import Dataset, Edge, OutsideRun, ToldEvent
from yiwang.nets.share.lineage.services import shapes

pytestmark = pytest.mark.django_db
FACET = {"_producer": "urn:test", "_schemaURL": "https://example.org/facet.json"}
DWH = "postgres://dwh:5432"


def dataset(name, namespace=DWH, **facets):
    return {"namespace": namespace, "name": name, "facets": facets}


def made_of(**fields):
    """A columnLineage facet: column = "dataset.field", with ~ where it is masked."""
    told = {}
    for column, text in fields.items():
        name, _, field = text.rstrip("~").rpartition(".")
        way = {"type": "DIRECT", "subtype": "IDENTITY", "masking": text.endswith("~")}
        told[column] = {
            "inputFields": [
                {"namespace": DWH, "name": name, "field": field, "transformations": [way]}
            ]
        }
    return FACET | {"fields": told}


def event(at="2026-11-20T08:00:00Z", run="", state="COMPLETE", job="夜间汇总", **told):
    return {
        "eventType": state,
        "eventTime": at,
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run or str(uuid4())},
        "job": {"namespace": "dwh", "name": job},
    } | told


@pytest.fixture
def call(town):
    def call(name, method, path="", body=None):
        token = identity.issue_token(town.people[name], name="test")[1]
        client = Client(headers={"authorization": f"Bearer {token}"})
        address = f"/api/v1/lineage{path}"
        if method == "get":
            return client.get(address)
        return client.post(address, body, content_type="application/json")

    return call


def test_who_may_not_tell_is_refused_and_so_is_who_is_not_known(town, call):
    assert call("reader", "post", body=event()).status_code == 403
    assert Client().post(
        "/api/v1/lineage", event(), content_type="application/json"
    ).status_code in (401, 403)
    assert not OutsideRun.objects.exists()


def test_a_later_run_ends_what_an_earlier_said_and_one_that_comes_late_does_not(town, call, edges):
    first, second = str(uuid4()), str(uuid4())
    out = lambda **fields: [dataset("汇总", columnLineage=made_of(**fields))]
    assert (
        call("owner", "post", body=event(run=first, outputs=out(a="原.x", b="原.y"))).status_code
        == 201
    )
    assert len(edges()) == 2

    call("owner", "post", body=event("2026-11-21T08:00:00Z", second, outputs=out(a="原.x~")))
    assert edges() == {("原.x", "汇总.a", "DIRECT", True)}

    late = call("owner", "post", body=event("2026-11-20T09:00:00Z", first, outputs=out(b="原.y")))
    assert late.json()["edges"] == 0
    assert edges() == {("原.x", "汇总.a", "DIRECT", True)}


def test_inputs_told_at_the_start_meet_outputs_told_at_the_end(town, call, edges):
    run = str(uuid4())
    sql = {"sql": FACET | {"query": "insert into 汇总 select * from 原"}}
    call("owner", "post", body=event(run=run, state="START", inputs=[dataset("原")], outputs=[]))
    call("owner", "post", body=event("2026-11-20T08:01:00Z", run, outputs=[dataset("汇总", **sql)]))
    assert edges() == {("原.", "汇总.", "DIRECT", False)}

    told = [dataset("汇总", columnLineage=made_of(a="原.x"))]
    call("owner", "post", body=event("2026-11-20T08:02:00Z", run, outputs=told))
    assert edges() == {("原.x", "汇总.a", "DIRECT", False)}


def test_a_run_that_failed_made_nothing(town, call, edges):
    told = [dataset("汇总", columnLineage=made_of(a="原.x"))]

    assert call("owner", "post", body=event(state="FAIL", outputs=told)).status_code == 201

    assert edges() == set()
    assert OutsideRun.objects.get().state == "FAIL"


def test_designed_jobs_and_datasets_are_told_without_a_run(town, call, edges):
    plain = {name: value for name, value in event().items() if name not in ("run", "eventType")}
    told = dataset("汇总", columnLineage=made_of(a="原.x"))
    call("owner", "post", body=plain | {"outputs": [told]})
    assert len(edges()) == 1

    del plain["job"]
    call("owner", "post", body=plain | {"dataset": dataset("表", columnLineage=made_of(b="原.x"))})
    assert len(edges()) == 2


def test_a_job_is_its_tellers_and_ours_are_ours(town, call, edges):
    told = {"outputs": [dataset("汇总", columnLineage=made_of(a="原.x"))]}
    assert call("owner", "post", body=event(**told)).status_code == 201
    refused = call("stranger", "post", body=event(**told))
    assert (refused.status_code, refused.json()["code"]) == (403, "lineage.job.others")

    ours = event() | {"job": {"namespace": catalog.get_dataset_namespace(), "name": "land.x"}}
    assert call("bureau", "post", body=ours).json()["code"] == "lineage.job.ours"


def test_of_our_datasets_only_those_are_named_that_the_teller_may_know(town, call, edges):
    here = catalog.get_dataset_namespace()
    asked = lambda name: event(inputs=[dataset(name, here)], outputs=[dataset("汇总")])
    grant = town.grant()
    for name in ("3D01/999999", f"grants/{grant.request.number}", "files/x"):
        assert call("owner", "post", body=asked(name)).json()["code"] == "lineage.dataset.unknown"
    assert call("stranger", "post", body=asked(town.resource.code)).status_code == 201

    written = event(job="写回", outputs=[dataset(town.resource.code, here)])
    assert call("stranger", "post", body=written).status_code == 403
    assert (
        call("owner", "post", body=written | {"job": {"namespace": "d", "name": "e"}}).status_code
        == 201
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"eventTime": "gestern"}, "lineage.event.shape"),
        ({"eventTime": "2026-11-20T08:00:00"}, "lineage.event.shape"),
        ({"run": {"runId": "7"}}, "lineage.event.shape"),
        ({"job": {"namespace": "", "name": "x"}}, "lineage.event.shape"),
        ({"outputs": [{"name": "x"}]}, "lineage.event.shape"),
        ({"outputs": [dataset("x", columnLineage=FACET)]}, "lineage.event.shape"),
        ({"outputs": [dataset("x", columnLineage={"fields": {}})]}, "lineage.event.shape"),
        ({"outputs": [dataset("x" * 401)]}, "lineage.event.shape"),
        ({"outputs": [dataset(str(n)) for n in range(501)]}, "lineage.event.shape"),
        ({"producer": None}, "lineage.event.shape"),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(town, call, change, code):
    answer = call("owner", "post", body=event() | change)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Edge.objects.exists()


def test_what_is_too_deep_too_large_or_too_much_is_refused(town, call):
    deep = {"a": 1}
    for _ in range(40):
        deep = {"a": deep}
    assert (
        call("owner", "post", body=event(inputs=[dataset("x", deep=FACET | deep)])).json()["code"]
        == "lineage.event.deep"
    )
    large = event(inputs=[dataset("x", blob=FACET | {"text": "x" * services.LARGEST})])
    assert call("owner", "post", body=large).json()["code"] == "lineage.event.large"
    fields = {
        f"c{n}": {"inputFields": [{"namespace": DWH, "name": "a", "field": "x"}] * 1}
        for n in range(4500)
    }
    many = [dataset(f"t{n}", columnLineage=FACET | {"fields": fields}) for n in range(5)]
    with pytest.raises(InvalidInput, match="at most"):
        services.receive_event(town.people["owner"], event(outputs=many))
    assert call("owner", "post", body="[1]").status_code == 422
    assert call("owner", "post", body="{").status_code in (400, 422)
    assert call("owner", "post", body="[" * 50_000).status_code in (400, 422)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_is_changed_in_an_event_it_is_read_or_refused(data):
    told = event(
        inputs=[dataset("原", schema=FACET | {"fields": [{"name": "x"}]})],
        outputs=[dataset("汇总", columnLineage=made_of(a="原.x"))],
    )
    here = told
    while True:
        key = data.draw(
            st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))
        )
        if isinstance(here[key], dict | list) and here[key] and data.draw(st.booleans()):
            here = here[key]
            continue
        here[key] = data.draw(ANYTHING)
        break

    refused = ""
    try:
        shapes.read_event(told)
    except YiwangError as error:
        refused = error.code
    assert refused in ("", "lineage.event.shape", "lineage.event.deep", "lineage.event.links")


def test_what_we_tell_has_the_shape_that_we_ask_of_others(town, call, send):
    send("姓名,街道\n赵钱孙,东湖\n")
    grant = town.grant(columns=("姓名", "街道"), row_filter="状态 = '在业'")
    exchange.look_granted(town.people["asker"], grant.id)
    run_due()
    services.sweep_handed()

    events = call("owner", "get", "/events").json()["items"]

    assert sorted(one["job"]["name"].partition(".")[0] for one in events) == [
        "grant",
        "hand",
        "land",
    ]
    for one in events:
        shapes.read_event(one)
    text = json.dumps(events, ensure_ascii=False)
    assert "赵钱孙" not in text
    assert "东湖" not in text
    [given] = [one for one in events if one["job"]["name"].startswith("grant.")]
    facet = given["outputs"][0]["facets"]["columnLineage"]
    assert facet["fields"]["姓名"]["inputFields"][0]["transformations"][0]["masking"] is True
    assert [one["field"] for one in facet["dataset"]] == ["状态"]


def test_the_feed_shows_each_side_its_own_and_goes_page_by_page(town, call, send):
    send("甲\n1\n", name="一.csv")
    send("甲\n1\n", name="二.csv")
    town.grant()
    run_due()

    assert len(call("owner", "get", "/events").json()["items"]) == 3
    assert [one["job"]["name"][:5] for one in call("asker", "get", "/events").json()["items"]] == [
        "grant"
    ]
    assert call("stranger", "get", "/events").json()["items"] == []
    first = call("bureau", "get", "/events?limit=2").json()
    rest = call("bureau", "get", f"/events?limit=2&after={first['next']}").json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, 0)
    assert call("owner", "get", "/events?after=x").status_code == 422


def test_what_was_handed_out_stays_told_after_the_grant_is_revoked(town, edges):
    grant = town.grant(columns=("姓名", "街道"))
    exchange.look_granted(town.people["asker"], grant.id, Ask(("街道",)))
    run_due()
    for _ in range(2):
        services.sweep_handed()
    number = grant.request.number
    out = (f"grants/{number}.街道", f"grants/{number}/page.街道", "DIRECT", False)
    assert out in edges()
    assert ToldEvent.objects.filter(about__startswith="use/").count() == 1

    exchange.revoke_grant(town.people["owner"], grant.id, reason="用途已变")
    run_due()

    assert {a for a, *_ in edges()} == {f"{town.resource.code}.街道", f"grants/{number}.街道"}


def test_programs_read_origin_and_impact(town, call):
    town.grant()
    run_due()

    told = call("owner", "get", f"/trace?resource={town.resource.code}&column=街道").json()

    assert {row["direction"] for row in told["rows"]} == {"impact"}
    assert {row["column"] for row in told["rows"]} == {"街道"}
    assert call("owner", "get", f"/trace?resource={town.resource.code}&hops=13").status_code == 422


def test_our_reading_of_the_schema_is_a_schema():
    text = (shapes.files("yiwang.nets.share.lineage.schemas") / "event.schema.json").read_text(
        "utf-8"
    )
    jsonschema_rs.meta.validate(json.loads(text))


def test_datasets_outside_are_their_tellers(town, call):
    call("owner", "post", body=event(inputs=[dataset("秘密库")], outputs=[dataset("汇总")]))

    row = Dataset.objects.get(name="秘密库")

    assert row.owner == "D01"
    assert services.see_datasets(town.people["stranger"], [row.id])[row.id].hidden
    assert services.see_datasets(town.people["owner"], [row.id])[row.id].label == "秘密库"
