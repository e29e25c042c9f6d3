"""A bureau, an owner with a register of people, and a department that asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.pool import services as pool
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.models import Task
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.types import Wanted

PASSWORD = "Rain-on-the-roof-7"
NUMBERS = ("990103197201050021", "990103198503020038", "990104199007070045")
COLUMNS = ("姓名", "身份证号", "街道", "状态")
ROWS = [
    ("赵钱孙", NUMBERS[0], "东湖", "在业"),
    ("周吴郑", NUMBERS[1], "东湖", "注销"),
    ("冯陈褚", NUMBERS[2], "西湖", "在业"),
]


@dataclass
class Town:
    """Who is there, and the register."""

    people: dict[str, Actor]
    resource: Resource

    def client(self, name: str) -> Client:
        client = Client()
        client.post("/sign-in/", {"name": name, "password": PASSWORD})
        return client

    def ask(self, **said) -> services.Request:
        """Two columns asked for, as the social bureau does."""
        return services.make_request(self.people["asker"], self.resource.id, wanted(**said))

    def decide(self, who: str, request, action: str, opinion: str = "") -> None:
        """Whoever has the task of the request now decides it."""
        task = Task.objects.get(case__number=request.number, status="open")
        workflow.act_on_task(self.people[who], task.pk, action, opinion=opinion)

    def grant(self, **said):
        """A grant, through the owner and the bureau."""
        request = self.ask(**said)
        request.refresh_from_db()
        if request.state == "waiting":
            self.decide("owner", request, "agree")
            if Task.objects.filter(case__number=request.number, status="open", node="second"):
                self.decide("chief", request, "agree")
            self.decide("bureau", request, "grant")
        return services.find_grant_of(request)


def wanted(**said) -> Wanted:
    return Wanted(
        **{
            "columns": ("姓名", "街道"),
            "purpose_kind": "contact",
            "purpose": "走访困难家庭",
            "duty": "《社会救助暂行办法》第十条",
            "until": today() + timedelta(days=90),
            "volume": 100,
        }
        | said
    )


def make_town(sharing: str = "conditional") -> Town:
    for code, name, kind in (
        ("B01", "数据局", "bureau"), ("D01", "民政局", "department"), ("D02", "人社局", "department"),
        ("D03", "统计局", "department"),
    ):  # fmt: skip
        identity.create_organization(SYSTEM, code=code, name=name, kind=kind)
    people = {
        name: _account(name, code, role)
        for name, code, role in (
            ("bureau", "B01", "engineer"), ("owner", "D01", "steward"), ("chief", "D01", "director"),
            ("asker", "D02", "steward"), ("reader", "D02", "viewer"), ("stranger", "D03", "steward"),
        )
    }  # fmt: skip
    return Town(people, register(people["bureau"], sharing))


def _account(name: str, code: str, role: str) -> Actor:
    info, _ = identity.create_account(
        SYSTEM, name=name, organization_code=code, password=PASSWORD, must_change_password=False
    )
    identity.grant_role(SYSTEM, info.id, role)
    return identity.get_actor(info.id)


def register(actor: Actor, sharing: str, *, rows=ROWS, name="困难人员台账") -> Resource:
    with acting(SYSTEM, "test.land", on=Ref("test", "1")) as act:
        table = pool.create_table(act, name=name)
        staged = pool.stage_rows(list(COLUMNS), [list(rows)], profile=False)
        version = pool.commit(act, table, staged)
    resource = catalog.create_resource(actor, owner="D01", name=name)
    Resource.objects.filter(id=resource.id).update(
        table=version.table_id, publish_date=today(), sharing_type=sharing, grade=3,
        sharing_basis="依申请", abstract="困难人员",
    )  # fmt: skip
    for place, (column, element) in enumerate(
        zip(COLUMNS, ("person_name", "resident_id", "", ""), strict=True)
    ):
        catalog.Item.objects.create(resource=resource, name=column, position=place, element=element)
    resource.refresh_from_db()
    return resource
