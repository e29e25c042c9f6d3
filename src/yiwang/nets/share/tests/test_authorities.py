"""One authoritative source per element: who holds, what a second claim does, who decides."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.base.todo import list_todos
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.notify import services as notices
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Authority, AuthorityConflict

PEOPLE = "姓名,身份证号码\n张小云,110101199003074514\n"
REASON = "户籍登记的法定来源"


@pytest.fixture
def registers(steward, person, engineer, send):
    """Two departments with a register of persons each, elements confirmed."""
    other = person("steward", "D02")
    found = []
    for actor, owner in ((steward, "D01"), (other, "D02")):
        [delivery] = send(actor, PEOPLE, name="人员.csv", owner=owner)
        catalog.bind_elements(actor, delivery.resource, {"姓名": "person_name"})
        found.append(catalog.get_resource(engineer, delivery.resource))
    return found


@pytest.fixture
def stewards(registers, steward):
    from yiwang.kernel.identity import services as identity

    other = identity.list_account_ids(role="steward", organization_codes=["D02"])[0]
    return [steward, identity.get_actor(other)]


def claim(actor, resource, **more):
    return catalog.claim_authority(actor, resource.id, "姓名", reason=REASON, **more)


@pytest.fixture
def contested(registers, stewards):
    """Both claim; the second is contested."""
    first, second = (claim(a, r) for a, r in zip(stewards, registers, strict=True))
    return first, second, AuthorityConflict.objects.get()


class TestClaiming:
    def test_the_first_holds(self, registers, stewards):
        assert claim(stewards[0], registers[0]).state == "holding"
        assert catalog.find_authority("person_name").resource_id == registers[0].id
        assert ActRow.objects.get(verb="share.authority.claim").reason == REASON

    def test_a_second_opens_a_conflict_and_tells_both_departments(
        self, contested, stewards, person
    ):
        first, second, conflict = contested

        assert (first.state, second.state, conflict.state) == ("holding", "contested", "open")
        assert "姓名" in str(notices.list_notices(stewards[0])[0])
        director = person("director", "B01")
        assert any("/authorities/conflicts/" in todo.url for todo in list_todos(director))

    def test_for_another_subject_it_holds_too(self, registers, stewards):
        claim(stewards[0], registers[0], subject="person")

        assert claim(stewards[1], registers[1], subject="enterprise").state == "holding"

    def test_a_claim_for_all_stands_against_every_subject(self, registers, stewards):
        claim(stewards[0], registers[0], subject="person")

        assert claim(stewards[1], registers[1]).state == "contested"

    def test_it_takes_the_right_a_confirmed_element_and_no_claim_before(
        self, registers, stewards, person
    ):
        with pytest.raises(NotPermitted):
            claim(person("viewer"), registers[0])
        with pytest.raises(NotFound):
            claim(stewards[1], registers[0])
        with pytest.raises(InvalidInput):
            catalog.claim_authority(stewards[0], registers[0].id, "身份证号码", reason=REASON)
        claim(stewards[0], registers[0])
        with pytest.raises(Conflict):
            claim(stewards[0], registers[0])

    def test_an_item_that_is_a_source_is_not_called_something_else(self, registers, stewards):
        claim(stewards[0], registers[0])

        with pytest.raises(Conflict):
            catalog.bind_elements(stewards[0], registers[0].id, {"姓名": "address"})


class TestDeciding:
    def test_the_chosen_one_holds_and_the_other_is_refused(self, contested, engineer):
        first, second, conflict = contested

        catalog.decide_conflict(engineer, conflict.id, winner=second.id, reason="以公安登记为准")

        states = dict(Authority.objects.values_list("id", "state"))
        assert states == {first.id: "refused", second.id: "holding"}

    def test_it_is_decided_once_by_who_may_and_has_not_claimed(self, contested, engineer, stewards):
        _, second, conflict = contested
        with pytest.raises(NotPermitted):
            catalog.decide_conflict(stewards[0], conflict.id, winner=second.id, reason=REASON)
        with pytest.raises(InvalidInput):
            catalog.decide_conflict(engineer, conflict.id, winner="x", reason=REASON)
        catalog.decide_conflict(engineer, conflict.id, winner=second.id, reason=REASON)
        with pytest.raises(Conflict):
            catalog.decide_conflict(engineer, conflict.id, winner=second.id, reason=REASON)

    def test_who_claimed_does_not_decide(self, registers, stewards, engineer):
        claim(stewards[0], registers[0])
        second = claim(engineer, registers[1])

        with pytest.raises(Conflict):
            catalog.decide_conflict(
                engineer, AuthorityConflict.objects.get().id, winner=second.id, reason=REASON
            )


class TestWithdrawing:
    def test_the_one_that_waits_holds_next(self, contested, stewards):
        first, second, conflict = contested

        catalog.withdraw_authority(stewards[0], first.id, reason="不再登记该项")

        second.refresh_from_db()
        conflict.refresh_from_db()
        assert (second.state, conflict.state) == ("holding", "over")


class TestPages:
    def test_a_copy_leads_to_its_source_and_a_comparison(
        self, client_of, engineer, registers, stewards
    ):
        catalog.Resource.objects.update(publish_date="2026-01-01")
        claim(stewards[0], registers[0])

        page = client_of(engineer).get(f"/catalog/{registers[1].id}/").content.decode()

        assert "权威数源" in page
        assert f"left={registers[1].id}" in page

    def test_every_page_opens_and_the_conflict_is_decided_there(self, client_of, contested, person):
        first, _, conflict = contested
        client = client_of(person("director", "B01"))
        address = f"/catalog/authorities/conflicts/{conflict.id}/"
        for path in ("/catalog/authorities/", "/catalog/authorities/conflicts/", address):
            assert client.get(path).status_code == 200, path

        assert client.post(address, {"winner": first.id, "reason": ""}).status_code == 422
        assert client.post(address, {"winner": first.id, "reason": REASON}).status_code == 302

        conflict.refresh_from_db()
        assert conflict.winner == first.id

    def test_a_steward_claims_and_withdraws_in_the_browser(self, client_of, registers, stewards):
        client = client_of(stewards[0])
        path = f"/catalog/{registers[0].id}/authority/"

        client.post(f"{path}claim/", {"item": "姓名", "subject": "", "reason": REASON})
        held = Authority.objects.get()
        assert held.state == "holding"
        assert client.get(path).status_code == 200
        client.post(f"{path}{held.id}/withdraw/", {"reason": "不再登记该项"})

        held.refresh_from_db()
        assert held.state == "withdrawn"

    @pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
    def test_administrators_see_none_of_it(self, client_of, person, registers, role):
        client = client_of(person(role, "B01"))
        paths = (
            "authorities/",
            "authorities/conflicts/",
            "grade-rule/",
            f"{registers[0].id}/grade/",
        )
        for path in paths:
            assert client.get(f"/catalog/{path}").status_code == 403


class TestRaces:
    @pytest.mark.django_db(transaction=True)
    def test_of_claims_at_once_one_holds_and_the_others_are_conflicts(
        self, registers, stewards, engineer
    ):
        ready, done = threading.Barrier(2), []

        def run(actor, resource):
            try:
                ready.wait()
                done.append(claim(actor, resource).state)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=run, args=pair)
            for pair in zip(stewards, registers, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(done) == ["contested", "holding"]
        assert AuthorityConflict.objects.filter(state="open").count() == 1
