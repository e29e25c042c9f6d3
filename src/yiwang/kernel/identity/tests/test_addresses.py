"""Failures are counted by the address they come from, which nobody can make up."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import NotAuthenticated, TooMany
from yiwang.kernel.identity import services
from yiwang.kernel.identity.addresses import client_address

from .conftest import PASSWORD


def fail(name, address):
    with pytest.raises(NotAuthenticated):
        services.sign_in(name=name, password="wrong", address=address)


@pytest.fixture
def few(settings, db):
    settings.YIWANG_IDENTITY = {"address_failures": 4}
    services.create_account(SYSTEM, name="zhang.san", password=PASSWORD, must_change_password=False)


def test_guessing_many_names_from_one_address_ends_there(few):
    for number in range(4):
        fail(f"name.{number}", "10.0.0.9")

    with pytest.raises(TooMany) as caught:
        services.sign_in(name="zhang.san", password=PASSWORD, address="10.0.0.9")
    assert caught.value.code == "identity.sign_in.address_locked"
    assert services.sign_in(name="zhang.san", password=PASSWORD, address="10.0.0.8")


def test_right_passwords_of_a_whole_office_do_not_count(few):
    for _ in range(10):
        services.sign_in(name="zhang.san", password=PASSWORD, address="10.0.0.9")

    for number in range(3):
        fail(f"name.{number}", "10.0.0.9")
    assert services.sign_in(name="zhang.san", password=PASSWORD, address="10.0.0.9")


def test_an_address_that_is_not_known_is_not_counted(few):
    for number in range(6):
        fail(f"name.{number}", "")


def test_the_page_says_that_the_address_is_locked(few, client):
    form = {"name": "zhang.san", "password": "wrong"}
    codes = [
        client.post("/sign-in/", form | {"name": f"n{n}"}, REMOTE_ADDR="10.0.0.9").status_code
        for n in range(5)
    ]

    assert codes == [401] * 4 + [429]


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        ([], "10.0.0.9", "", "10.0.0.9"),
        ([], "10.0.0.9", "1.2.3.4", "10.0.0.9"),
        ([], "127.0.0.1", "1.2.3.4", ""),
        (["127.0.0.1"], "127.0.0.1", "1.2.3.4", "1.2.3.4"),
        (["127.0.0.1"], "127.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (["127.0.0.1"], "127.0.0.1", "", ""),
        (["127.0.0.1"], "127.0.0.1", "nonsense", ""),
        (["127.0.0.1"], "10.0.0.9", "1.2.3.4", "10.0.0.9"),
        ([], "::ffff:10.0.0.9", "", "10.0.0.9"),
    ],
)
def test_only_a_named_proxy_is_believed(rf, settings, proxies, remote, forwarded, expected):
    settings.YIWANG_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == expected
