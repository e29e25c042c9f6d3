"""From asking to a grant: who decides, what is refused, how the case and the request agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from yiwang.kernel.base.clock import now, today, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Case, Task
from yiwang.kernel.workflow.services import terminate
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import Grant, Request, Terms

from .town import make_town, wanted

pytestmark = pytest.mark.django_db


def state(request: Request) -> str:
    request.refresh_from_db()
    return request.state


def test_the_owner_and_the_bureau_agree_and_a_grant_says_what_was_asked(town):
    request = town.ask()

    assert (request.state, request.number[:3]) == ("waiting", "GX-")
    town.decide("owner", request, "agree")
    assert Grant.objects.count() == 0
    town.decide("bureau", request, "grant")

    grant = services.find_grant_of(request)
    terms = services.get_terms(grant)
    assert state(request) == "granted"
    assert (grant.organization, terms.columns, terms.clear) == ("D02", ["姓名", "街道"], [])
    assert (terms.begins, terms.until, terms.quota) == (today(), request.until, 100)


def test_what_is_shared_without_conditions_is_granted_at_once(db):
    town = make_town("unconditional")

    request = town.ask()

    assert state(request) == "granted"
    assert not Task.objects.exists()
    assert services.find_grant_of(request).organization == "D02"


@pytest.mark.parametrize(
    "said",
    [
        {"clear": ("姓名",)},
        {"columns": ("姓名", "身份证号")},  # the purpose does not need the number
        {"row_filter": "\"身份证号\" startswith '9901'"},
        {"purpose_kind": "statistics"},
    ],
)
def test_more_than_masked_columns_for_the_purpose_is_looked_at_by_people(db, said):
    town = make_town("unconditional")

    assert state(town.ask(**said)) == "waiting"


def test_a_high_grade_is_looked_at_by_people_and_by_a_second_one(db):
    town = make_town("unconditional")
    Resource.objects.update(grade=4)
    request = town.ask()

    town.decide("owner", request, "agree")
    assert Case.objects.get().node == "second"
    town.decide("chief", request, "agree")
    assert Case.objects.get().node == "bureau"


def test_a_refusal_can_be_accepted_or_taken_to_the_bureau_which_allocates_with_a_reason(town):
    request = town.ask()
    with pytest.raises(InvalidInput):
        town.decide("owner", request, "refuse")
    town.decide("owner", request, "refuse", "另有规定")
    town.decide("asker", request, "object", "法定职责所需")
    with pytest.raises(InvalidInput):
        town.decide("bureau", request, "allocate")

    town.decide("bureau", request, "allocate", "救助职责明确，予以调配")

    assert state(request) == "granted"
    assert services.find_grant_of(request).allocated

    other = town.ask(columns=("街道", "状态"))
    town.decide("owner", other, "refuse", "另有规定")
    town.decide("asker", other, "accept")
    assert state(other) == "refused"


def test_columns_beyond_the_purpose_are_flagged_for_who_decides(town):
    request = town.ask(columns=("姓名", "身份证号", "街道"))

    assert request.beyond == ["身份证号"]
    data = Case.objects.get().memo
    assert "身份证号" in str(data) or Case.objects.get().number == request.number


def test_a_grant_that_answers_it_is_offered_instead(town):
    grant = town.grant()

    with pytest.raises(Conflict) as told:
        town.ask(columns=("街道",))

    assert told.value.extra["grant"] == grant.id
    assert town.ask(columns=("街道",), anyway=True).state == "waiting"
    assert town.ask(columns=("街道", "状态")).state == "waiting"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"columns": ()}, "columns"),
        ({"columns": ("没有",)}, "columns"),
        ({"clear": ("状态",)}, "clear"),
        ({"purpose": "x"}, "purpose"),
        ({"duty": ""}, "duty"),
        ({"purpose_kind": "free"}, "purpose_kind"),
        ({"until": today()}, "until"),
        ({"until": today() + timedelta(days=4000)}, "until"),
        ({"volume": 0}, "volume"),
        ({"row_filter": "街道 ="}, "row_filter"),
        ({"row_filter": "不存在 = '1'"}, "row_filter"),
        ({"method": "fax"}, "method"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(town, said, field):
    with pytest.raises(InvalidInput) as told:
        town.ask(**said)

    assert told.value.extra["field"] == field
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [{"publish_date": None}, {"sharing_type": "none"}, {"sharing_type": ""}, {"grade": 6}, {"table": ""}],
)  # fmt: skip
def test_what_is_not_shared_cannot_be_asked_for(town, changed):
    Resource.objects.update(**changed)

    with pytest.raises((Conflict, NotFound)):
        town.ask()


def test_only_for_the_own_organization_and_never_the_own_data(town):
    with pytest.raises(Conflict):
        services.make_request(town.people["owner"], town.resource.id, wanted())
    with pytest.raises(NotPermitted):
        services.make_request(town.people["reader"], town.resource.id, wanted())


def test_the_same_is_asked_once(town):
    town.ask()

    with pytest.raises(Conflict):
        town.ask()


def test_who_asks_takes_it_back_and_nobody_else(town):
    request = town.ask()
    for name in ("stranger", "owner", "reader", "bureau"):
        with pytest.raises((NotFound, NotPermitted)):
            services.withdraw_request(town.people[name], request.id)

    services.withdraw_request(town.people["asker"], request.id)

    assert state(request) == "ended"
    assert Case.objects.get().outcome == "withdrawn"
    with pytest.raises(Conflict):
        services.withdraw_request(town.people["asker"], request.id)


def test_a_case_that_was_terminated_ends_its_request(town):
    request = town.ask()

    terminate(town.people["bureau"], Case.objects.get().pk, reason="重复申请")

    assert state(request) == "ended"
    assert not Grant.objects.exists()


def test_a_task_in_other_hands_gives_no_right_to_grant(town):
    from yiwang.kernel.workflow.services import transfer_task

    request = town.ask()
    task = Task.objects.get()
    transfer_task(town.people["owner"], task.pk, to=town.people["stranger"].id, reason="代办")

    with pytest.raises(NotPermitted):
        town.decide("stranger", request, "agree")


def test_limits_come_from_the_city_s_duties(town, tmp_path):
    path = settings.YIWANG_HOME / "duties.yaml"
    path.write_text(
        "duties:\n  - {key: provider_days, days: 3, zh: 答复, en: Answer, source: 本市办法, verified: true}\n",
        "utf-8",
    )
    try:
        duties = services.list_duties()
        with use_time(now()):
            town.ask()
    finally:
        path.unlink()

    assert (duties["provider_days"].days, duties["provider_days"].city) == (3, True)
    assert not duties["bureau_days"].verified
    case = Case.objects.get()
    assert timedelta(days=2) < case.node_due_at - case.opened_at < timedelta(days=12)


def test_a_city_file_that_is_wrong_is_named_with_its_line(town):
    path = settings.YIWANG_HOME / "purposes.yaml"
    path.write_text("purposes:\n  - {code: x, zh: 测试}\n", "utf-8")
    try:
        with pytest.raises(InvalidInput) as told:
            town.ask()
    finally:
        path.unlink()

    assert "purposes.yaml" in told.value.detail


def test_no_element_of_a_shipped_purpose_is_unknown(db):
    from yiwang.kernel.standards import services as standards

    known = set(standards.get_elements())
    unknown = {one.code: one.elements - known for one in services.list_purposes().values()}

    assert not {code: found for code, found in unknown.items() if found}


def test_requests_are_seen_by_both_sides_and_the_bureau_only(town):
    request = town.ask()

    seen = {
        name: services.visible_requests(actor).filter(pk=request.pk).exists()
        for name, actor in town.people.items()
    }

    assert seen == {
        "bureau": True, "owner": True, "chief": True, "asker": True, "reader": True,
        "stranger": False,
    }  # fmt: skip


def test_versions_of_a_grant_only_get_narrower(town):
    grant = town.grant()
    until = today() + timedelta(days=10)
    less = services.Narrower(("姓名",), until, 50)

    services.narrow_grant(town.people["owner"], grant.id, less, reason="只需姓名")

    assert [one.number for one in services.list_terms(grant)] == [2, 1]
    assert services.get_terms(grant).columns == ["姓名"]
    for wider in (
        services.Narrower(("姓名", "街道"), until, 50),
        services.Narrower(("姓名",), until + timedelta(days=1), 50),
        services.Narrower(("姓名",), until, 51),
        services.Narrower((), until, 50),
    ):
        with pytest.raises(InvalidInput):
            services.narrow_grant(town.people["owner"], grant.id, wider, reason="再放宽些")
    for name in ("asker", "reader", "stranger"):
        with pytest.raises((NotPermitted, NotFound)):
            services.narrow_grant(town.people[name], grant.id, less, reason="再放宽些")
    assert Terms.objects.filter(grant=grant).count() == 2


def test_items_gone_since_do_not_hinder_asking(town):
    Item.objects.filter(name="状态").update(gone=True)

    with pytest.raises(InvalidInput):
        town.ask(columns=("状态",))


def test_the_owner_asks_once_for_what_is_missing_and_the_grant_says_it(town):
    request = town.ask()
    owner, asker = town.people["owner"], town.people["asker"]
    task = Task.objects.get(status="open").pk
    with pytest.raises(InvalidInput):
        workflow.ask_supplement(owner, task, ["columns"], note="请减少信息项")
    workflow.ask_supplement(owner, task, ["purpose", "duty"], note="请写明救助对象")
    mine = Task.objects.get(status="open").pk
    said = {"purpose": "走访新增困难家庭" + "，逐户" * 160, "duty": "《社会救助暂行办法》第十一条"}
    workflow.supply(asker, mine, said)
    with pytest.raises(Conflict):
        workflow.ask_supplement(owner, task, ["duty"], note="再补一次")

    town.decide("owner", request, "agree")
    town.decide("bureau", request, "grant")

    request.refresh_from_db()
    assert (request.purpose, request.duty) == tuple(said.values())
    assert services.find_grant_of(request).purpose == said["purpose"]
