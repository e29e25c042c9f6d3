"""Every list page asks the database the same number of times, however long the list is."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.notify import services as notify
from yiwang.kernel.ui.tests.counting import assert_constant_queries
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Authority, AuthorityConflict
from yiwang.nets.share.compare.models import Comparison
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.exchange.tests.rows import add_grant
from yiwang.nets.share.quality.models import Group
from yiwang.nets.share.quality.models import Notice as Rectification
from yiwang.nets.share.sources.models import Run, Source, SourceTable

pytestmark = pytest.mark.django_db
PASSWORD = "Rain-on-the-roof-7"
THING = Ref("trial.thing", "1", "街道")


@pytest.fixture
def people() -> dict[str, str]:
    """One account for each role, in the bureau."""
    identity.create_organization(SYSTEM, code="B01", name="数据局", kind="bureau")
    identity.create_organization(SYSTEM, code="D01", name="民政局", kind="department")
    found = {}
    for role in ROLES:
        account, _ = identity.create_account(
            SYSTEM,
            name=f"li-{role}",
            organization_code="B01",
            password=PASSWORD,
            must_change_password=False,
        )
        identity.grant_role(SYSTEM, account.id, role)
        found[role] = account.id
    return found


def actor_with(people: dict[str, str], role: str) -> Actor:
    return identity.get_actor(people[role])


def add_organizations(_: dict[str, str], at: int) -> None:
    identity.create_organization(SYSTEM, code=f"N{at}", name=f"新{at}局", kind="department")


def add_accounts(_: dict[str, str], at: int) -> None:
    identity.create_account(SYSTEM, name=f"wang-{at}", organization_code="D01", password=PASSWORD)


def add_acts(people: dict[str, str], at: int) -> None:
    with ledger.acting(actor_with(people, "engineer"), "trial.thing.made", on=THING):
        pass
    ledger.record_read(
        actor_with(people, "engineer"), on=THING, purpose="核实", columns=["姓名"], rows=at
    )


def add_notices(people: dict[str, str], at: int) -> None:
    with ledger.acting(SYSTEM, "trial.thing.told", on=THING) as act:
        notify.notify(act, [people["engineer"]], "Files sent together", f"/deliveries/?x={at}")


def add_jobs(people: dict[str, str], at: int) -> None:
    with ledger.acting(actor_with(people, "engineer"), "trial.thing.queued", on=THING) as act:
        jobs.enqueue(act, "compare.run", {"comparison_id": str(at)}, on=THING)


def add_resources(people: dict[str, str], at: int) -> None:
    catalog.create_resource(actor_with(people, "engineer"), owner="D01", name=f"名册{at}")


def add_deliveries(people: dict[str, str], at: int) -> None:
    connect.receive_file(
        actor_with(people, "engineer"),
        io.BytesIO(b"a,b\n1,2\n"),
        file_name=f"{at}.csv",
        owner="D01",
        queue=False,
    )


def add_comparisons(people: dict[str, str], at: int) -> None:
    Comparison.objects.create(
        title=f"比对{at}",
        organization="B01",
        left_resource="l",
        left_version="1",
        right_resource="r",
        right_version="1",
        keys=["a = b"],
        values=[],
        alternate=[],
        account=people["engineer"],
        act_id="x",
        created_at=now(),
    )


def add_sources(people: dict[str, str], at: int) -> None:
    source = Source.objects.create(
        owner="D01", name=f"库{at}", kind="postgres", keeper=people["engineer"]
    )
    table = SourceTable.objects.create(source=source, name=f"t{at}", resource_name=f"表{at}")
    Run.objects.create(table=table, asked_by=people["engineer"])


def add_entities(people: dict[str, str], at: int) -> None:
    actor = actor_with(people, "engineer")
    resource = catalog.create_resource(actor, owner="D01", name=f"名册{at}")
    EntityResource.objects.create(code=f"demo.e{at}", app="demo", resource=resource)


def add_authorities(people: dict[str, str], at: int) -> None:
    resource = catalog.create_resource(
        actor_with(people, "engineer"), owner="D01", name=f"数源{at}"
    )
    held, other = (
        Authority.objects.create(
            resource=resource, item="项", element=f"e{at}", state=state, account=people["engineer"]
        )
        for state in ("holding", "contested")
    )
    AuthorityConflict.objects.create(element=f"e{at}", holder=held, challenger=other, state="open")


def add_findings(people: dict[str, str], at: int) -> None:
    Group.objects.create(
        resource=f"r{at % 3}",
        rule=f"derived.a{at}.format",
        field="a",
        pattern="9(15)",
        rows=at + 1,
        owner="D01",
        first_run="1",
        last_run="1",
        updated_at=now(),
    )


def add_rectifications(people: dict[str, str], at: int) -> None:
    Rectification.objects.create(
        number=f"D01-202611-{at:03d}",
        owner="D01",
        state="sent",
        account=people["engineer"],
        act_id="x",
        created_at=now(),
        sent_at=now(),
    )


def add_nothing(_: dict[str, str], at: int) -> None:
    """These come with the product."""


def add_grants(people: dict[str, str], at: int) -> None:
    name = f"授权 {at}"
    add_grant(
        catalog.create_resource(actor_with(people, "engineer"), owner="D01", name=name), "B01", at
    )


def add_entries(people: dict[str, str], at: int) -> None:
    with ledger.acting(actor_with(people, "engineer"), "trial.thing.made", on=THING) as act:
        evidence.record_evidence(act, "trial.thing.made", {"at": at})
    evidence.sequence()


LISTS: list[tuple[str, str, str, Callable[[dict[str, str], int], None]]] = [
    ("workbench.organizations", "sysadmin", "/workbench/organizations/", add_organizations),
    ("workbench.accounts", "sysadmin", "/workbench/accounts/", add_accounts),
    ("workbench.elements", "engineer", "/workbench/elements/", add_nothing),
    ("workbench.code_sets", "engineer", "/workbench/code-sets/", add_nothing),
    ("ledger.acts", "auditor", "/ledger/", add_acts),
    ("ledger.reads", "auditor", "/ledger/reads/", add_acts),
    ("evidence.entries", "auditor", "/evidence/", add_entries),
    ("notify.notices", "engineer", "/notify/", add_notices),
    ("jobs.own", "engineer", "/jobs/", add_jobs),
    ("jobs.all", "sysadmin", "/jobs/all/", add_jobs),
    ("catalog.entries", "engineer", "/catalog/", add_resources),
    ("catalog.authorities", "engineer", "/catalog/authorities/", add_authorities),
    ("catalog.conflicts", "engineer", "/catalog/authorities/conflicts/", add_authorities),
    ("connect.deliveries", "engineer", "/deliveries/", add_deliveries),
    ("sources.sources", "engineer", "/sources/", add_sources),
    ("sources.tables", "engineer", "/sources/tables/", add_sources),
    ("entities.entities", "engineer", "/entities/", add_entities),
    ("compare.comparisons", "engineer", "/compare/", add_comparisons),
    ("exchange.requests", "engineer", "/exchange/requests/", add_grants),
    ("exchange.grants", "engineer", "/exchange/grants/", add_grants),
    ("exchange.denials", "engineer", "/exchange/denied/", add_grants),
    ("quality.groups", "engineer", "/quality/groups/", add_findings),
    ("quality.notices", "engineer", "/quality/notices/", add_rectifications),
]


@pytest.mark.parametrize(("name", "role", "path", "add"), LISTS, ids=[one[0] for one in LISTS])
def test_a_list_takes_as_many_queries_as_on_record(people, name, role, path, add) -> None:
    client = Client()
    client.post("/sign-in/", {"name": f"li-{role}", "password": PASSWORD})
    for at in range(2):
        add(people, at)

    def ask() -> None:
        assert client.get(path).status_code == 200

    ask()  # what is remembered between requests is not counted
    assert_constant_queries(name, ask, lambda: [add(people, at) for at in range(2, 12)])


@pytest.mark.parametrize(("name", "role", "path", "add"), LISTS, ids=[one[0] for one in LISTS])
def test_a_list_can_be_searched_ordered_and_filtered_by_all_it_offers(
    people, name, role, path, add
) -> None:
    client = Client()
    client.post("/sign-in/", {"name": f"li-{role}", "password": PASSWORD})
    add(people, 1)
    page = client.get(path).content.decode()

    asked = {f"?q={word}" for word in ("甲", "%", "a.b")}
    asked |= {unescape(one) for one in re.findall(r'<th[^>]*>\s*<a href="(\?[^"]*)"', page)}
    for field, options in re.findall(r'<select name="([^"]+)"(.*?)</select>', page, re.DOTALL):
        asked |= {f"?{field}={value}" for value in re.findall(r'value="([^"]+)"', options)}

    assert {one: client.get(path + one).status_code for one in asked} == dict.fromkeys(asked, 200)
