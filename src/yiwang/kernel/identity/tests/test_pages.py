"""Sign-in pages over HTTP."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services

from .conftest import PASSWORD


@pytest.fixture
def person(make_account):
    return make_account("steward", name="zhang.san")


def sign_in(client, name="zhang.san", password=PASSWORD, **more):
    return client.post("/sign-in/", {"name": name, "password": password, **more})


def test_signing_in_leads_onward(client, person):
    answer = sign_in(client, next="/me/password/")

    assert answer.status_code == 302
    assert answer.url == "/me/password/"
    assert client.get("/me/password/").status_code == 200


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//e"],
)
def test_onward_is_only_ever_local(client, person, next_):
    assert sign_in(client, next=next_).url == "/home/"


def test_a_wrong_password_says_so_without_saying_which_half(client, person):
    wrong = sign_in(client, password="wrong")
    unknown = sign_in(client, name="nobody", password="wrong")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_a_planted_session_key_does_not_survive_signing_in(client, person):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key

    sign_in(client)

    assert client.session.session_key != before
    assert "planted" not in client.session


def test_a_cookie_kept_from_before_sign_out_opens_nothing(client, person):
    sign_in(client)
    kept = client.cookies["yiwang_session"].value

    client.post("/sign-out/")

    client.cookies["yiwang_session"] = kept
    assert client.get("/me/password/").status_code == 302


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(client, person):
    other = services.sign_in(name="zhang.san", password=PASSWORD)
    sign_in(client)
    form = {"old": PASSWORD, "new": "Snow-at-dawn-2031", "again": "Snow-at-dawn-2031"}

    answer = client.post("/me/password/", form)

    assert answer.status_code == 302
    assert client.get("/me/password/").status_code == 200
    with pytest.raises(Exception, match="ended"):
        services.resume(other.session_id)


def test_a_first_password_opens_only_the_page_to_change_it(client, city):
    _, first = services.create_account(SYSTEM, name="new.one")
    answer = sign_in(client, "new.one", first)

    assert answer.url == "/me/password/"
    assert client.get("/").url == "/me/password/"


def test_signing_out_needs_a_post(client, person):
    sign_in(client)

    assert client.get("/sign-out/").status_code == 405


@pytest.mark.parametrize("page", ["/me/", "/me/password/", "/me/sessions/", "/me/tokens/"])
def test_my_pages_open_for_me_and_ask_others_to_sign_in(client, person, page):
    assert client.get(page).url.startswith("/sign-in/?next=")

    sign_in(client)

    assert client.get(page).status_code == 200


def test_a_tokens_secret_is_shown_once(client, person):
    sign_in(client)

    answer = client.post("/me/tokens/", {"name": "nightly", "days": "30"})

    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert services.authenticate_token(secret).id == person.id
    assert secret not in client.get("/me/tokens/").content.decode()


def test_one_ends_another_session_of_ones_own(client, person):
    other = services.sign_in(name="zhang.san", password=PASSWORD)
    sign_in(client)

    client.post(f"/me/sessions/{other.session_id}/end/")

    with pytest.raises(Exception, match="ended"):
        services.resume(other.session_id)


def test_anothers_session_and_token_are_not_found(client, person, make_account):
    other = make_account(name="li.si")
    session = services.sign_in(name="li.si", password=PASSWORD)
    token, _ = services.issue_token(other, name="x")
    sign_in(client)

    for address in (
        f"/me/sessions/{session.session_id}/end/",
        f"/me/tokens/{token.id}/revoke/",
        f"/me/tokens/{token.id}/rotate/",
    ):
        assert client.post(address).status_code == 404
