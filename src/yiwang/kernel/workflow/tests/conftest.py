"""People of two departments, and published case types. 测试人员与流程。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, Task
from yiwang.kernel.workflow.services.store import load_state

from .files import BOARD, LEAVE, PART, TASKS

PASSWORD = "Rain-on-the-roof-7"
SINCE = datetime(2026, 1, 5, tzinfo=UTC)
PEOPLE = {
    "wang": ("viewer", "D01"),
    "li": ("steward", "D01"),
    "sun": ("steward", "D01"),
    "zhao": ("steward", "D02"),
    "qian": ("viewer", "D02"),
    "mayor": ("director", "B01"),
    "eng": ("engineer", "B01"),
}


@dataclass
class Town:
    """The people by name, and what they do, in few words."""

    people: dict[str, Actor]

    def __getitem__(self, name: str) -> Actor:
        return identity.get_actor(self.people[name].id)

    def start(self, name: str, code: str = "demo.leave", **data: object) -> Case:
        return services.start_case(self[name], code, data)

    def task(self, case: Case, name: str = "") -> str:
        """The open task of a case, of that person if one is named."""
        rows = Task.objects.filter(case=case, status="open")
        if name:
            rows = rows.filter(account=self.people[name].id)
        return rows.order_by("id").values_list("pk", flat=True)[0]

    def act(self, name: str, case: Case, action: str = "agree", **more: object) -> None:
        actor = self[name]
        rows = Task.objects.filter(case=case, status="open", account__in=[actor.id, ""])
        own = list(rows.order_by("-account", "id"))
        services.act_on_task(actor, own[0].pk, action, **more)  # type: ignore[arg-type]
        case.refresh_from_db()


def make_town() -> Town:
    """Accounts through the services, and the four case types published."""
    for code, name, kind in (
        ("B01", "市数据局", "bureau"), ("D01", "市民政局", "department"),
        ("D02", "市统计局", "department"),
    ):  # fmt: skip
        identity.create_organization(SYSTEM, code=code, name=name, parent_code="", kind=kind)
    people = {}
    for name, (role, organization) in PEOPLE.items():
        info, _ = identity.create_account(
            SYSTEM, name=name, password=PASSWORD, must_change_password=False
        )
        # They hold their posts since long before any day that a test may set.
        identity.add_post(SYSTEM, info.id, organization_code=organization, valid_from=SINCE.date())
        identity.grant_role(SYSTEM, info.id, role)
        people[name] = identity.get_actor(info.id)
    for text in (LEAVE, BOARD, PART, TASKS):
        services.publish_case_type(people["eng"], text)
    return Town(people)


@pytest.fixture
def town(db):
    return make_town()


@pytest.fixture
def rows_equal_their_log(db):
    """After every test each case's rows say what its log says."""
    yield
    for case in Case.objects.all():
        assert services.replay_case(case.pk) == load_state(case)
