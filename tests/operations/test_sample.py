"""The sample city as `make run` loads it."""

import shutil

import pytest

from .conftest import Node

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def small_city(prepared, tmp_path_factory):
    """A small sample city, and what its loading printed."""
    home = tmp_path_factory.mktemp("small-city") / "home"
    shutil.copytree(prepared.home, home)
    made = Node(home)
    return made, made.ask("sample", "load", "--rows", 200)


def test_the_sample_city_shows_what_was_planted_in_it(node):
    found = node.ask("sample", "load", "--rows", 500)

    assert sorted({one["state"] for one in found["files"]}) == ["held", "landed"]
    assert [one["error"]["code"] for one in found["files"] if one["state"] == "held"] == [
        "connect.held.shrink"
    ]
    for comparison in found["comparisons"]:
        counts = {one["name"]: one["value"] for one in comparison["counts"]}
        assert {name: counts.get(name) for name in comparison["expected"]} == comparison["expected"]


def test_a_newcomer_finds_a_catalogue_two_drafts_and_a_delivery_to_decide(small_city):
    node, found = small_city

    resources = {one["resource"] for one in found["files"] if one["resource"]}
    shown = [node.ask("resource", "show", one) for one in sorted(resources)]
    assert sum(not one["publish_date"] for one in shown) == 2
    assert all(one["missing"] == [] and one["abstract"] for one in shown)


def test_a_second_load_only_prints_the_sign_ins(small_city):
    node, first = small_city[0], small_city[1]["sign_ins"]

    again = node.ask("sample", "load")

    assert again["sign_ins"] == first
    assert again["files"] == []
    assert {one["role"] for one in first} >= {"steward", "engineer", "director", "auditor"}
    assert (node.home / "sample-sign-ins.json").stat().st_mode & 0o077 == 0


def test_a_sample_account_signs_in_on_the_command_line(small_city):
    node, found = small_city
    person = next(one for one in found["sign_ins"] if one["role"] == "auditor")

    node.run("sign-in", person["name"], "--password-stdin", input=person["password"] + "\n")
    refused = node.run("resource", "show", "户籍人口", "--as", person["name"], code=None)

    assert (node.home / "tokens.json").stat().st_mode & 0o077 == 0
    assert "户籍人口" not in refused
    wrong = node.run("sign-in", person["name"], "--password-stdin", input="no\n", code=4)
    assert wrong.startswith("identity.sign_in.wrong: ")
