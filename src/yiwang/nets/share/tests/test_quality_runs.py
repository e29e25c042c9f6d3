"""From a delivery to a score: runs by themselves, scores that can be worked out again."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.events.models import EventDelivery, EventRow
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Result, Run

pytestmark = pytest.mark.django_db
GOOD = "11010119900307775" + standards.id_check_digit("11010119900307775")
BAD = GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2")
FIRST = f"证件号,性别\n{GOOD},男\n{BAD},女\n"


@pytest.fixture
def people(steward, engineer, send):
    [delivery] = send(
        steward, FIRST, name="人口.csv", key=("证件号",), columns={"证件号": "resident_id"}
    )
    catalog.bind_elements(engineer, delivery.resource, {"证件号": "resident_id"})
    return delivery


def test_landing_asks_for_a_check_and_a_second_asks_for_nothing_more(people):
    assert EventDelivery.objects.filter(subscriber="quality.landed").count() == 1

    run = services.check_after_landing(people.resource)

    assert run.trigger == "landed"
    assert Job.objects.get(id=run.job_id).kind == services.TASK
    assert services.check_after_landing(people.resource) is None


def test_a_run_stores_results_scores_and_rows_and_is_done_once(steward, people):
    run = services.check_resource(steward, people.resource)

    again = services.perform_run(SYSTEM, run.id)

    failed = {
        row.rule: row.failed
        for row in Result.objects.filter(run=run, severity="error")
        if row.failed
    }
    assert failed == {"derived.证件号.check": 1}
    assert again.rows_version == run.rows_version != ""
    assert EventRow.objects.filter(type="share.quality.checked").count() == 1
    accuracy = next(one for one in services.scores_of(run) if one.dimension == "accuracy")
    assert (accuracy.numerator, accuracy.denominator, accuracy.value) == (3, 4, 75.0)


def test_what_was_not_measured_has_no_value_and_is_left_out_of_the_total(steward, people):
    scores = {
        one.dimension: one
        for one in services.scores_of(services.check_resource(steward, people.resource))
    }

    assert scores["accessibility"].value is None
    assert scores["consistency"].level is None
    expected = (20 * 100 + 20 * 100 + 25 * 75) / 65
    assert scores[""].value == pytest.approx(expected, abs=1e-5)


def test_an_old_rating_comes_out_the_same_under_new_weights(steward, engineer, people):
    run = services.check_resource(steward, people.resource)
    before = services.scores_of(run)

    number = services.set_weights(
        engineer, weights={"accuracy": 1}, levels=[99, 98, 97, 96], reason="试行"
    )
    later = services.check_resource(steward, people.resource)

    assert (
        services.recompute_scores(Run.objects.get(id=run.id)) == before == services.scores_of(run)
    )
    assert (run.weights, later.weights) == (1, number)
    assert services.scores_of(later)[-1].value == 75.0


def test_a_refresh_reads_what_came_and_a_withdrawal_goes_back(steward, send, people):
    first = services.check_resource(steward, people.resource)
    [delivery] = send(steward, f"证件号,性别\n{BAD},男\n", name="人口.csv", kind="upsert")
    second = services.check_resource(steward, people.resource)
    read = {row.rule: row.scanned_rows for row in Result.objects.filter(run=second)}

    assert read["derived.证件号.check"] == 2
    connect.withdraw_delivery(steward, delivery.id, reason="错报")
    third = services.check_resource(steward, people.resource)
    assert services.scores_of(third) == services.scores_of(first)


def test_purged_rows_go_from_the_list_of_failing_rows(steward, engineer, people):
    run = services.check_resource(steward, people.resource)

    assert services.forget_version(people.pool_version) == 1
    assert Run.objects.get(id=run.id).rows_version == ""


def test_strangers_neither_check_nor_read(person, people):
    other = person("steward", "D02")

    for call in (services.check_resource, services.list_rules, services.list_runs):
        with pytest.raises((NotPermitted, Exception)) as failure:
            call(other, people.resource)
        assert failure.value.code in {"permission.denied", "catalog.resource.missing"}
    assert services.score_organizations(other) == []


def test_a_declared_rule_is_tried_switched_and_withdrawn(steward, people):
    content = {"kind": "condition", "params": {"given": "性别 = '女'", "then": "证件号 != ''"}}
    services.declare_rule(steward, people.resource, "women", content)
    with pytest.raises(InvalidInput) as wrong:
        services.declare_rule(steward, people.resource, "x", {"kind": "range", "fields": "没有"})
    assert wrong.value.code == "quality.rule.no_column"
    with pytest.raises(InvalidInput):
        services.switch_rule(steward, people.resource, "women", enabled=False)

    services.switch_rule(steward, people.resource, "women", enabled=False, reason="试用期")
    assert not next(
        r for r in services.list_rules(steward, people.resource) if r.code == "women"
    ).enabled
    services.withdraw_rule(steward, people.resource, "women")
    assert "women" not in {r.code for r in services.list_rules(steward, people.resource)}


@pytest.mark.parametrize(
    ("content", "failed"),
    [
        ({"kind": "range", "fields": "n", "params": {"min": 0, "max": 10}}, 1),
        ({"kind": "length", "fields": "n", "params": {"max": 1}}, 1),
        ({"kind": "pattern", "fields": "n", "params": {"pattern": "[0-9]+"}}, 1),
        ({"kind": "compare", "fields": ["a", "b"], "params": {"holds": "a = b"}}, 2),
        ({"kind": "required", "fields": "b"}, 1),
        ({"kind": "required", "fields": "b", "when": "a = '1'"}, 0),
        ({"kind": "unique", "fields": ["a"]}, 2),
        ({"kind": "code", "fields": "a", "params": {"code_set": "sex"}}, 1),
        ({"kind": "fresh", "fields": "d", "params": {"days": 30}}, 2),
        ({"kind": "code", "fields": "a", "params": {"code_set": "sex", "on": "d"}}, 1),
    ],
)
def test_each_kind_of_declared_rule_counts_what_it_should(steward, send, content, failed):
    rows = "a,b,n,d\n1,1,5,2001-01-01\n1,2,11,2999-01-01\n7,,x,2020-01-01\n2,3,3,\n"
    [delivery] = send(steward, rows, name="数.csv")
    services.declare_rule(steward, delivery.resource, "mine", content)

    run = services.check_resource(steward, delivery.resource)

    assert Result.objects.get(run=run, rule="mine").failed == failed


def test_a_reference_is_looked_up_in_the_other_register(steward, send):
    [there] = send(steward, "code\nA\nB\n", name="代码.csv", header_row=1)
    [here] = send(steward, "c\nA\nC\n", name="数.csv", header_row=1)
    content = {
        "kind": "reference",
        "fields": "c",
        "params": {"resource": there.resource, "field": "code"},
    }
    services.declare_rule(steward, here.resource, "known", content)

    assert (
        Result.objects.get(run=services.check_resource(steward, here.resource), rule="known").failed
        == 1
    )
    send(steward, "code\nC\n", name="代码.csv", kind="append", header_row=1)
    assert (
        Result.objects.get(run=services.check_resource(steward, here.resource), rule="known").failed
        == 0
    )


def test_rows_are_tried_before_they_land(steward, people):
    found = services.check_rows(people.resource, ["证件号"], {1: [GOOD], 2: [BAD], 3: [""]})

    assert found == {1: frozenset(), 2: frozenset({"证件号"}), 3: frozenset({"证件号"})}


def test_a_word_on_what_a_column_is_asks_for_a_check_of_the_same_data(steward, engineer, people):
    services.check_resource(steward, people.resource)

    catalog.bind_elements(engineer, people.resource, {"性别": "sex"})
    event = EventRow.objects.filter(type="share.resource.bound").latest("id")
    run = services.check_after_ruling(event.payload["resource"])

    assert EventDelivery.objects.filter(event=event, subscriber="quality.bound").exists()
    assert run.trigger == "ruled"
    assert services.check_after_ruling(people.resource).id == run.id
    done = services.perform_run(SYSTEM, run.id)
    assert Result.objects.filter(
        run=done, rule__startswith="derived.性别", severity="error"
    ).exists()


def test_what_nobody_confirmed_is_counted_and_found_in_the_catalogue(steward, send):
    [delivery] = send(steward, FIRST, name="人口.csv")
    rows = catalog.with_proposals(catalog.Resource.objects.all())

    assert catalog.count_proposals(delivery.resource) == 2
    assert [one.id for one in rows] == [delivery.resource]
    assert catalog.count_unconfirmed(steward) == 1

    catalog.bind_elements(steward, delivery.resource, {"证件号": "resident_id", "性别": ""})

    assert catalog.count_unconfirmed(steward) == 0
