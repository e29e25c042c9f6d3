from datetime import date

import pytest

from yiwang.kernel.identity import services as identity
from yiwang.kernel.standards import services as standards
from yiwang.site.sample.city import ACCOUNTS, list_sample_organizations
from yiwang.site.sample.loading import is_sample_loaded, load_sample_city

pytestmark = pytest.mark.django_db


def test_the_city_stands_with_its_organizations_roles_and_sign_ins():
    assert not is_sample_loaded()

    signs = load_sample_city()

    assert is_sample_loaded()
    assert len(identity.list_organizations()) == len(list_sample_organizations()) == 122
    assert {sign.role for sign in signs} == {
        "steward", "viewer", "engineer", "director", "sysadmin", "secadmin", "auditor",
    }  # fmt: skip
    steward = identity.get_actor(identity.find_account("wang.minzheng").id)
    assert steward.organization == "YZ-MZJ"
    assert "steward" in steward.roles


def test_loading_again_changes_nothing():
    load_sample_city()

    assert load_sample_city() == []
    assert len(identity.list_organizations()) == 122


def test_a_given_password_is_the_password_of_all():
    assert {sign.password for sign in load_sample_city("Yunling-donghu-2468")} == {
        "Yunling-donghu-2468"
    }
    assert len(ACCOUNTS) == 11


def test_the_fictional_divisions_are_known_in_the_sample_node_only():
    day = date(2025, 7, 1)
    assert standards.find_code("sample_division", "990102", day) is None

    load_sample_city()

    assert standards.find_code("sample_division", "990102", day).name == "东湖区"
    assert standards.check_value("division_code", "990102003", on_date=day) == ""
    assert standards.check_value("division_code", "110101", on_date=day) == "code"
