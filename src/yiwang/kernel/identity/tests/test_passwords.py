"""What a password must be, and how it changes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, NotAuthenticated, NotPermitted
from yiwang.kernel.identity import services
from yiwang.kernel.identity.services.passwords import draw_password, is_common

from .conftest import PASSWORD


def broken_rule(password: str, name: str = "zhang.san", full_name: str = "张三") -> str:
    with pytest.raises(InvalidInput) as refused:
        services.check_new_password(password, name=name, full_name=full_name)
    return refused.value.code.rpartition(".")[2]


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Short-1", "length"),
        ("x" * 129 + "A-1", "length"),
        ("alllowercaseletters", "classes"),
        ("lower-and-signs", "classes"),
        ("My-Zhang.San-77", "name"),
        ("naS.gnahZ-2029", "name"),
        ("Hello-张三-2029", "name"),
        ("Woaini1314!", "common"),
        ("Password@2026", "common"),
        ("P@ssw0rd2026", "common"),
        ("Admin@123456", "common"),
        ("Aa123456!!", "common"),
        ("Qwertyuiop1!", "common"),
        ("1Qaz@2Wsx#", "common"),
        ("Zhengwu@2026", "common"),
    ],
)
def test_a_weak_password_is_refused_by_rule(password, rule):
    assert broken_rule(password) == rule


@pytest.mark.parametrize("password", [PASSWORD, "早春-rain-On-7", "Q7!vbn-Lampe-teal"])
def test_a_good_password_passes(password):
    services.check_new_password(password, name="zhang.san", full_name="张三")


@given(st.text(max_size=140))
def test_any_text_is_either_taken_or_refused_by_name(password):
    with suppress(InvalidInput):
        services.check_new_password(password, name="zhang.san")

    assert is_common(password) in (True, False)


def test_drawn_first_passwords_pass_the_rules():
    for _ in range(200):
        services.check_new_password(draw_password(), name="zhang.san")


def test_the_last_five_passwords_do_not_come_back(make_account):
    actor = make_account(name="zhang.san")
    used = [PASSWORD, *(f"Rain-on-the-roof-{n}" for n in range(11, 16))]
    for old, new in pairwise(used):
        services.change_password(actor, old=old, new=new)

    with pytest.raises(InvalidInput, match="last 5"):
        services.change_password(actor, old=used[-1], new=used[1])
    services.change_password(actor, old=used[-1], new=used[0])


def test_an_old_password_must_change(make_account):
    make_account(name="zhang.san")

    with use_time(now() + timedelta(days=91)):
        assert services.sign_in(name="zhang.san", password=PASSWORD).must_change_password


def test_a_reset_ends_sessions_and_tokens(by_role, make_account):
    actor = make_account("steward", name="zhang.san")
    session = services.sign_in(name="zhang.san", password=PASSWORD)
    _, secret = services.issue_token(actor, name="script")

    first = services.reset_password(by_role["secadmin"], actor.id)

    with pytest.raises(NotAuthenticated):
        services.resume(session.session_id)
    with pytest.raises(NotAuthenticated):
        services.authenticate_token(secret)
    assert services.sign_in(name="zhang.san", password=first).must_change_password


@pytest.mark.parametrize("role", ["sysadmin", "auditor"])
def test_an_administrator_does_not_become_another_by_a_reset(by_role, make_account, role):
    with pytest.raises(NotPermitted):
        services.reset_password(by_role["secadmin"], by_role[role].id)

    services.reset_password(SYSTEM, by_role[role].id)


def test_a_rule_that_does_not_exist_stops_the_node(settings):
    settings.YIWANG_IDENTITY = {"pasword_length": 20}

    with pytest.raises(ImproperlyConfigured, match="pasword_length"):
        services.get_rules()


@pytest.mark.parametrize("value", [0, -1, "8", True, None])
def test_a_rule_is_a_number_from_one(settings, value):
    settings.YIWANG_IDENTITY = {"lock_failures": value}

    with pytest.raises(ImproperlyConfigured):
        services.get_rules()
