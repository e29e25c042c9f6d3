"""The frame that every page stands in."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_front_page_is_chinese_and_has_a_skip_link(client: Client) -> None:
    page = client.get("/").content.decode()

    assert '<html lang="zh-Hans">' in page
    assert 'href="#main"' in page


def test_elder_mode_is_drawn_by_the_server_and_kept(client: Client) -> None:
    client.post("/display/", {"age": "elder", "next": "/"})
    client.post("/display/", {"contrast": "high", "next": "/"})

    page = client.get("/").content.decode()

    assert 'data-age="elder"' in page
    assert 'data-contrast="high"' in page


def test_the_language_switch_never_leads_to_another_host(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/"
    assert '<html lang="en">' in client.get("/").content.decode()


def test_a_page_for_those_signed_in_leads_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/home/?a=1")

    assert answer.headers["Location"] == "/sign-in/?next=%2Fhome%2F%3Fa%3D1"


def test_a_missing_page_says_what_happened_its_code_and_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "page.not_found" in answer.content.decode()


def test_a_form_with_a_nul_is_refused(client):
    answer = client.post("/sign-in/", {"name": "a\0b", "password": "x", "next": "/\0"})

    assert answer.status_code == 400
