"""The way on pages: ask, decide in the inbox, fetch, narrow, revoke; and who may not."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.clock import today
from yiwang.kernel.workflow.models import Task
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import Denial, Grant, Request

from .town import NUMBERS

pytestmark = pytest.mark.django_db


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


FORM = {
    "purpose_kind": "contact",
    "purpose": "走访困难家庭",
    "duty": "《社会救助暂行办法》第十条",
    "columns": ["姓名", "街道"],
    "until": str(today().replace(year=today().year + 1)),
    "method": "page",
    "volume": "100",
}


def test_from_the_catalogue_to_the_rows_and_their_end(town):
    asker, owner, bureau = (town.client(name) for name in ("asker", "owner", "bureau"))
    entry = page(asker, f"/catalog/{town.resource.id}/")
    address = f"/exchange/ask/{town.resource.id}/"
    assert address in entry
    assert "身份证号" in page(asker, address)

    sent = asker.post(address, FORM)
    request = Request.objects.get()
    assert sent.headers["Location"] == f"/exchange/requests/{request.id}/"
    assert request.number in page(asker, "/exchange/requests/")

    assert request.number in page(owner, f"/exchange/requests/{request.id}/")
    for client, action in ((owner, "agree"), (bureau, "grant")):
        task = Task.objects.get(status="open")
        said = {"task": task.pk, "action": action}
        assert client.post(f"/cases/{task.case_id}/do/decide/", said).status_code == 302
    grant = Grant.objects.get()

    shown = page(asker, f"/exchange/grants/{grant.id}/")
    assert f"/exchange/grants/{grant.id}/rows/" in shown
    rows = page(asker, f"/exchange/grants/{grant.id}/rows/")
    assert "东湖" in rows
    assert "赵钱孙" not in rows
    assert not any(number in rows for number in NUMBERS)
    narrowed = page(asker, f"/exchange/grants/{grant.id}/rows/?filter=街道 = '西湖'")
    assert "东湖" not in narrowed
    file = asker.get(f"/exchange/grants/{grant.id}/file/?format=csv")
    assert "赵钱孙" not in b"".join(file.streaming_content).decode("utf-8-sig")

    assert f"/exchange/grants/{grant.id}/rows/" not in page(owner, f"/exchange/grants/{grant.id}/")
    left = {"columns": ["街道"], "until": FORM["until"], "quota": "50", "reason": "只需街道"}
    assert owner.post(f"/exchange/grants/{grant.id}/narrow/", left).status_code == 302
    wider = left | {"quota": "5000"}
    assert owner.post(f"/exchange/grants/{grant.id}/narrow/", wider).status_code == 422
    assert "只需街道" in page(asker, f"/exchange/grants/{grant.id}/")
    owner.post(f"/exchange/grants/{grant.id}/revoke/", {"reason": "用途已变"})
    page(asker, f"/exchange/grants/{grant.id}/rows/", 403)
    page(asker, f"/exchange/grants/{grant.id}/file/", 403)
    assert "用途已变" in page(bureau, f"/exchange/grants/{grant.id}/")


def test_a_form_with_mistakes_says_where(town):
    answer = town.client("asker").post(
        f"/exchange/ask/{town.resource.id}/", FORM | {"columns": [], "row_filter": "街道 ="}
    )

    assert answer.status_code == 422
    assert not Request.objects.exists()


def test_a_grant_that_answers_is_offered_on_the_form(town):
    grant = town.grant()

    answer = town.client("asker").post(f"/exchange/ask/{town.resource.id}/", FORM)

    assert answer.status_code == 422
    assert f"/exchange/grants/{grant.id}/" in answer.content.decode()


def test_a_request_is_withdrawn_by_a_press(town):
    request = town.ask()
    asker = town.client("asker")

    asker.post(f"/exchange/requests/{request.id}/withdraw/")

    request.refresh_from_db()
    assert request.state == "ended"
    assert "withdraw/" not in page(asker, f"/exchange/requests/{request.id}/")


def test_the_deny_list_is_kept_on_a_page(town):
    owner = town.client("owner")
    said = {"organization": "D02", "resource": town.resource.code, "reason": "转给第三方"}

    assert owner.post("/exchange/denied/", said).status_code == 302
    line = Denial.objects.get()
    assert "转给第三方" in page(owner, "/exchange/denied/")
    assert owner.post(f"/exchange/denied/{line.id}/", {"reason": "已经整改"}).status_code == 302
    line.refresh_from_db()
    assert line.lifted_at
    bad = owner.post("/exchange/denied/", said | {"organization": "无"})
    assert bad.status_code in (200, 422)
    assert Denial.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("stranger", "grants/{grant}/"),
        ("stranger", "grants/{grant}/rows/"),
        ("stranger", "grants/{grant}/file/"),
        ("stranger", "requests/{request}/"),
        ("owner", "grants/{grant}/rows/"),
        ("bureau", "grants/{grant}/rows/"),
        ("bureau", "grants/{grant}/file/"),
    ],
)
def test_who_has_no_part_in_it_gets_nothing(town, name, address):
    grant = town.grant()
    made = address.format(grant=grant.id, request=grant.request_id)

    body = page(town.client(name), f"/exchange/{made}", 404)

    assert "走访困难家庭" not in body


def test_limits_and_purposes_are_shown_with_their_source(town):
    body = page(town.client("asker"), "/exchange/duties/")

    assert "provider_days" in body
    assert "contact" in body
    assert len(services.list_duties()) == 4


def test_the_tab_of_a_resource_leads_to_its_grants_only(town):
    from .rows import add_grant
    from .town import register

    other = register(town.people["bureau"], "conditional", name="另一台账")
    grants = {
        add_grant(one, "D02", at).request.number: one
        for at, one in enumerate((town.resource, other))
    }
    bureau = town.client("bureau")

    shown = page(bureau, f"/exchange/grants/?resource={other.id}")

    assert {number for number in grants if number in shown} == {
        number for number, one in grants.items() if one == other
    }
    for hostile in ("%00", "' OR 1=1 --", "a" * 3000):
        assert bureau.get("/exchange/grants/", {"resource": hostile}).status_code == 200
