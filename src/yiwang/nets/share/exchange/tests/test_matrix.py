"""Who may do what: every role, in every place, asked for everything; and a slow judge of decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as sized
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import ROLES
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import Denial, Grant, Terms
from yiwang.nets.share.exchange.services import Plan
from yiwang.nets.share.exchange.types import Ask

from .town import PASSWORD, Town, make_town, wanted

pytestmark = pytest.mark.django_db
PLACES = {"bureau": "B01", "owner": "D01", "asker": "D02", "other": "D03"}
SEES = {"director", "engineer"}
MAY: dict[str, Callable[[str, str], bool]] = {
    "see": lambda role, place: (
        role in SEES or (role in {"steward", "viewer"} and place in {"owner", "asker"})
    ),
    "ask": lambda role, place: role in {"engineer", "steward"} and place != "owner",
    "withdraw": lambda role, place: role in {"engineer", "steward"} and place == "asker",
    "rows": lambda role, place: role in {"engineer", "steward", "viewer"} and place == "asker",
    "file": lambda role, place: role in {"engineer", "steward", "viewer"} and place == "asker",
    "narrow": lambda role, place: role == "engineer" or (role == "steward" and place == "owner"),
    "revoke": lambda role, place: role == "engineer" or (role == "steward" and place == "owner"),
    "deny": lambda role, place: role == "engineer" or (role == "steward" and place == "owner"),
    "deny all": lambda role, _: role == "engineer",
}


@dataclass
class Trial:
    """A town with a grant and a request in hand, and what can be tried in it."""

    town: Town
    grant: Grant
    waiting: str

    def actions(self, actor: Actor) -> dict[str, Callable[[], object]]:
        town, grant = self.town, self.grant
        less = services.Narrower(("街道",), today() + timedelta(days=5), 10)
        return {
            "see": lambda: services.get_grant(actor, grant.id),
            "ask": lambda: services.make_request(
                actor, town.resource.id, wanted(columns=("状态",), anyway=True)
            ),
            "withdraw": lambda: services.withdraw_request(actor, self.waiting),
            "rows": lambda: services.look_granted(actor, grant.id),
            "file": lambda: take_file(actor, grant.id),
            "narrow": lambda: services.narrow_grant(actor, grant.id, less, reason="只需街道"),
            "revoke": lambda: services.revoke_grant(actor, grant.id, reason="用途已变"),
            "deny": lambda: services.deny(
                actor, "D03", resource_id=town.resource.id, reason="转给第三方"
            ),
            "deny all": lambda: services.deny(actor, "D03", reason="转给第三方"),
        }


def take_file(actor: Actor, grant_id: str) -> None:
    with services.open_granted(actor, grant_id, ending="csv").stream:
        pass


def is_done(act: Callable[[], object]) -> bool:
    """Whether it was let happen; afterwards nothing has."""
    with transaction.atomic():
        status = 200
        try:
            act()
        except YiwangError as error:
            status = error.status
        transaction.set_rollback(True)
    assert status in (200, 403, 404, 409)
    return status == 200


def make_actor(role: str, code: str) -> Actor:
    info, _ = identity.create_account(
        SYSTEM, name=f"m-{role}-{code.lower()}", organization_code=code, password=PASSWORD,
        must_change_password=False,
    )  # fmt: skip
    identity.grant_role(SYSTEM, info.id, role)
    return identity.get_actor(info.id)


def test_every_role_in_every_place_may_do_just_what_is_said_here(town):
    trial = Trial(town, town.grant(), town.ask(columns=("街道", "状态")).id)
    found = {}
    for role, (place, code) in product(ROLES, PLACES.items()):
        actor = make_actor(role, code)
        for name, act in trial.actions(actor).items():
            found[role, place, name] = is_done(act)

    expected = {(role, place, name): MAY[name](role, place) for role, place, name in found}
    assert {key: one for key, one in found.items() if one != expected[key]} == {}
    assert len(found) == len(ROLES) * len(PLACES) * len(MAY)


@dataclass(frozen=True)
class Situation:
    """How a grant stands, and what is asked of it."""

    who: str
    begins: int
    until: int
    revoked: bool
    denied: str
    stage: str
    sharing: str
    columns: tuple[str, ...]
    clear: tuple[str, ...]
    asked: tuple[str, ...]
    where: str


COLUMNS = ("姓名", "身份证号", "街道", "状态")
SITUATIONS = st.builds(
    Situation,
    who=st.sampled_from(["reader", "asker", "owner", "bureau", "stranger", "chief"]),
    begins=st.integers(-3, 2),
    until=st.integers(-2, 3),
    revoked=st.booleans().flatmap(lambda one: st.just(one) if one else st.booleans()),
    denied=st.sampled_from(["", "", "", "one", "all", "lifted", "other"]),
    stage=st.sampled_from(["service", "service", "service", "retired"]),
    sharing=st.sampled_from(["conditional", "unconditional", "conditional", "none"]),
    columns=st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True).map(tuple),
    clear=st.lists(st.sampled_from(COLUMNS), unique=True).map(tuple),
    asked=st.lists(st.sampled_from(COLUMNS), max_size=2, unique=True).map(tuple),
    where=st.sampled_from(["", "", "街道 = '东湖'", "姓名 = '赵钱孙'", "状态 <> ''"]),
)


def judge(one: Situation) -> bool:
    """Slowly and by itself: whether anything may leave."""
    clear = set(one.clear) & set(one.columns)
    hidden = {"姓名", "身份证号"} - clear
    by = one.where.split(" ")[0] if one.where else ""
    return all(
        (
            one.who in ("reader", "asker"),
            not one.revoked,
            one.denied not in ("one", "all"),
            one.begins <= 0 <= one.until,
            one.stage != "retired",
            one.sharing != "none",
            set(one.asked) <= set(one.columns),
            not by or (by in one.columns and by not in hidden),
        )
    )


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """One town for all situations, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        town = make_town()
        yield town, town.grant()
        transaction.set_rollback(True)


def set_up(town: Town, grant: Grant, one: Situation) -> None:
    day = today()
    Terms.objects.filter(grant=grant).update(
        begins=day + timedelta(days=one.begins), until=day + timedelta(days=one.until),
        columns=list(one.columns), clear=[name for name in one.clear if name in one.columns],
    )  # fmt: skip
    Grant.objects.filter(pk=grant.pk).update(revoked_at=grant.created_at if one.revoked else None)
    Resource.objects.filter(pk=town.resource.pk).update(stage=one.stage, sharing_type=one.sharing)
    Denial.objects.all().delete()
    if one.denied:
        Denial.objects.create(
            organization="D03" if one.denied == "other" else "D02", reason="转给第三方", account="x",
            resource=None if one.denied == "all" else town.resource,
            lifted_at=grant.created_at if one.denied == "lifted" else None,
        )  # fmt: skip


@given(one=SITUATIONS)
@sized(max_examples=300, deadline=None)
def test_every_decision_is_that_of_a_slow_judge(one, stage):
    town, grant = stage
    set_up(town, grant, one)

    found = services.decide(town.people[one.who], grant.id, Ask(one.asked, one.where))

    assert isinstance(found, Plan) == judge(one), found
    if isinstance(found, Plan):
        assert set(found.columns) == set(one.asked or one.columns)
        clear = set(one.clear) & set(one.columns)
        assert set(found.masks) == ({"姓名", "身份证号"} & set(found.columns)) - clear
