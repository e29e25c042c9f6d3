"""A number in the subject of a letter: nowhere whole for who does not have the letter in hand."""

from __future__ import annotations

import re

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.models import Account
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.texts import services as texts

from .test_groups import PASSWORD, enter, people, send_on, start, text_of  # noqa: F401

WORDS, NUMBER = "东湖路路灯不亮", "13800138000"
LIST = "/records/hotline.letter/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(people):  # noqa: F811
    """Two letters with a number in the subject, sent on and grouped; somebody who oversees."""
    for mark in ("", "！"):
        send_on(people["li"], start(people["li"], f"{WORDS}请回电{NUMBER}{mark}"))
    texts.sort_texts("hotline.letter")
    account, _ = identity.create_account(
        SYSTEM, name="chief", organization_code="B01", password=PASSWORD,
        must_change_password=False,
    )  # fmt: skip
    identity.grant_role(SYSTEM, account.id, "director")
    return people


def texts_of(client):
    """What stands on every page where a letter's subject may."""
    shown = text_of(client.get(LIST))
    record = re.search(rf"{LIST}([^/\"?]+:[^/\"]+)/\"", shown)[1]
    topics = client.get("/workbench/groups/").url
    group = re.search(r"/workbench/groups/([^/]+:[^/\"]+)/", text_of(client.get(topics)))[0]
    yield shown
    for page in (
        f"{LIST}?q={WORDS[:4]}",
        f"{LIST}{record}/",
        f"{LIST}{record}/history/",
        topics,
        group,
    ):
        yield text_of(client.get(page))


def test_who_only_looks_reads_a_mask_on_every_page(client, letters):
    for shown in texts_of(enter(client, "chief")):
        assert WORDS in shown
        assert NUMBER not in shown


def test_who_only_looks_is_handed_a_mask_in_exports(letters):
    desk = records.at_desk(identity.get_actor(Account.objects.get(name="chief").pk))
    told = list(records.stream_records(desk, "hotline.letter", Wanted(), "核对来信"))

    assert len(told) == 2
    assert WORDS in repr(told)
    assert NUMBER not in repr(told)


def test_who_only_looks_cannot_find_a_letter_by_the_number_in_its_subject(client, letters):
    found = text_of(enter(client, "chief").get(f"{LIST}?q={NUMBER}"))

    assert WORDS not in found
    assert WORDS in text_of(client.get(f"{LIST}?q={WORDS[:4]}"))


def test_the_department_in_charge_reads_it_whole(client, letters):
    assert NUMBER in text_of(enter(client, "zhou").get(LIST))
