"""Publishing an entry and confirming its elements are cases. 目录流程。"""

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Case, CaseSubject
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.services.casework import ELEMENTS, PUBLISHING, catch_up_publishing

from .conftest import PASSWORD

FACTS = {
    "abstract": "低保对象名册", "sharing_type": "unconditional", "open_type": "none",
    "update_cycle": "monthly",
}  # fmt: skip


@pytest.fixture
def people(engineer, steward, send):
    [delivery] = send(steward, "姓名,身份证号码\n王小明,11010519491231002X\n", name="低保.csv")
    return catalog.get_resource(steward, delivery.resource)


def tasks(actor, code):
    return [one for one in workflow.list_box(actor, "todo").lines if one.code == code]


def case_of(resource, code=PUBLISHING):
    subject = CaseSubject.objects.select_related("case").filter(subject=resource.id, code=code)
    return subject.latest("case").case


def complete(steward, people):
    catalog.update_resource(steward, people.id, **FACTS)
    [task] = tasks(steward, PUBLISHING)
    workflow.act_on_task(steward, task.id, "submit")


def test_data_that_lands_opens_one_case_to_publish_it_however_often_it_lands(
    steward, engineer, people, send
):
    send(steward, "姓名,身份证号码\n李小明,110105194912310011\n", name="低保.csv")

    assert len(tasks(steward, PUBLISHING)) == 1
    assert not tasks(engineer, PUBLISHING)
    assert Case.objects.filter(code=PUBLISHING).count() == 1


def test_an_entry_is_asked_for_and_published_in_the_inbox(steward, engineer, people):
    complete(steward, people)
    [task] = tasks(engineer, PUBLISHING)

    workflow.act_on_task(engineer, task.id, "publish")

    people.refresh_from_db()
    assert people.publish_date
    assert people.stage == "resource"
    assert (case_of(people).status, case_of(people).outcome) == ("closed", "published")
    assert ActRow.objects.filter(verb="share.resource.publish", actor_id=engineer.id).count() == 1
    assert not tasks(engineer, PUBLISHING)


def test_what_is_incomplete_cannot_be_asked_for(steward, people):
    [task] = tasks(steward, PUBLISHING)

    with pytest.raises(InvalidInput) as refusal:
        workflow.act_on_task(steward, task.id, "submit")

    assert refusal.value.code == "catalog.resource.incomplete"
    assert case_of(people).node == "complete"


def test_publishing_on_the_page_decides_the_task_of_the_inbox(steward, engineer, people):
    complete(steward, people)

    catalog.publish_resource(engineer, people.id)

    [done] = workflow.list_box(engineer, "done").lines
    assert done.case_id == case_of(people).pk
    assert case_of(people).outcome == "published"
    assert workflow.replay_case(case_of(people).pk).outcome == "published"


def test_the_bureau_may_publish_before_the_department_asks(steward, engineer, people):
    catalog.update_resource(engineer, people.id, **FACTS)

    catalog.publish_resource(engineer, people.id)

    assert case_of(people).outcome == "published"
    assert not tasks(steward, PUBLISHING)


def test_a_task_handed_to_somebody_gives_no_right_to_publish(steward, engineer, people):
    complete(steward, people)
    [task] = tasks(engineer, PUBLISHING)
    workflow.transfer_task(engineer, task.id, steward.id, reason="代办")
    [task] = tasks(steward, PUBLISHING)

    with pytest.raises(NotPermitted):
        workflow.act_on_task(steward, task.id, "publish")

    people.refresh_from_db()
    assert people.publish_date is None
    assert case_of(people).node == "publish"


def test_a_steward_of_another_department_cannot_ask_for_it(person, engineer, steward, people):
    stranger = person("steward", "D02")
    catalog.update_resource(steward, people.id, **FACTS)
    [task] = tasks(steward, PUBLISHING)
    workflow.transfer_task(engineer, task.id, stranger.id, reason="误转")

    with pytest.raises(NotFound) as refusal:
        workflow.act_on_task(stranger, task.id, "submit")

    assert refusal.value.code == "catalog.resource.missing"
    assert case_of(people).node == "complete"


def test_a_case_and_its_effect_are_one_transaction(steward, engineer, people, monkeypatch):
    complete(steward, people)
    [task] = tasks(engineer, PUBLISHING)

    def fail(_resource):
        raise RuntimeError("disk")

    monkeypatch.setattr("yiwang.nets.share.catalog.services.publishing.save", fail)
    with pytest.raises(RuntimeError):
        workflow.act_on_task(engineer, task.id, "publish")

    assert case_of(people).node == "publish"
    assert tasks(engineer, PUBLISHING)


def test_taking_it_back_opens_a_case_again_that_says_why(steward, engineer, people):
    catalog.update_resource(engineer, people.id, **FACTS)
    catalog.publish_resource(engineer, people.id)

    catalog.withdraw_publication(engineer, people.id, reason="口径有误")

    assert Case.objects.filter(code=PUBLISHING).count() == 2
    assert case_of(people).data["why"] == "口径有误"
    assert tasks(steward, PUBLISHING)


def test_publishing_twice_is_refused(engineer, people):
    catalog.update_resource(engineer, people.id, **FACTS)
    catalog.publish_resource(engineer, people.id)

    with pytest.raises(Conflict):
        catalog.publish_resource(engineer, people.id)


def test_where_a_department_has_nobody_the_bureau_is_asked(engineer, send):
    send(engineer, "a\n1\n", name="街道.csv", owner="D02")

    assert tasks(engineer, PUBLISHING)


def test_where_the_bureau_has_nobody_either_it_waits_for_who_comes(city, person):
    with acting(SYSTEM, "share.resource.create", on=Ref("share.resource", "")) as act:
        resource = Resource.objects.create(code="3D02/9", name="空", owner="D02", table="t")
        catch_up_publishing(act)
    late = person("engineer", "B01")

    assert tasks(late, PUBLISHING)
    assert case_of(resource).node == "complete"


def test_proposed_elements_are_one_case_that_adopts_them_all(steward, people):
    [task] = tasks(steward, ELEMENTS)
    proposed = dict(
        Item.objects.filter(resource=people).exclude(suggested="").values_list("name", "suggested")
    )

    workflow.act_on_task(steward, task.id, "agree")

    bound = dict(Item.objects.filter(resource=people).values_list("name", "element"))
    assert proposed
    assert {name: bound[name] for name in proposed} == proposed
    assert case_of(people, ELEMENTS).outcome == "adopted"


def test_confirming_on_the_page_ends_the_case_once_nothing_is_left(steward, people):
    names = [one.name for one in catalog.list_items(people.id) if one.suggested]
    catalog.bind_elements(steward, people.id, {names[0]: "resident_id"})
    first = case_of(people, ELEMENTS).node
    catalog.bind_elements(steward, people.id, dict.fromkeys(names[1:], ""))

    assert first == ("confirm" if names[1:] else "confirmed")
    assert case_of(people, ELEMENTS).outcome == "confirmed"
    assert case_of(people, ELEMENTS).pk in [
        o.case_id for o in workflow.list_box(steward, "done").lines
    ]


def test_declining_all_takes_an_opinion_and_the_right_to_show(person, engineer, steward, people):
    viewer = person("viewer", "D01")
    [task] = tasks(steward, ELEMENTS)
    with pytest.raises(InvalidInput):
        workflow.act_on_task(steward, task.id, "decline")
    workflow.transfer_task(engineer, task.id, viewer.id, reason="误转")
    [task] = tasks(viewer, ELEMENTS)

    with pytest.raises(NotPermitted):
        workflow.act_on_task(viewer, task.id, "decline", opinion="都不是")

    assert not Item.objects.filter(resource=people, declined=True).exists()


def test_what_stood_before_there_were_cases_is_caught_up_with_once(steward, people):
    CaseSubject.objects.all().delete()
    before = Case.objects.count()

    workflow.prepare_shipped()
    workflow.prepare_shipped()

    assert Case.objects.count() == before + 2
    assert CaseSubject.objects.filter(is_open=True).count() == 2


@pytest.fixture
def browser(steward):
    client = Client()
    client.post("/sign-in/", {"name": "steward-D01", "password": PASSWORD})
    return client


def test_the_page_of_an_entry_leads_to_its_cases_and_they_back(browser, people):
    page = browser.get(f"/catalog/{people.id}/").content.decode()

    for code in (PUBLISHING, ELEMENTS):
        address = f"/cases/{case_of(people, code).pk}/"
        assert address in page
        assert f"/catalog/{people.id}/" in browser.get(address).content.decode()
