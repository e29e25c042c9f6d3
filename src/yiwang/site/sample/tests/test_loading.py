import pytest

from yiwang.kernel.identity import services as identity
from yiwang.site.sample.city import ACCOUNTS, list_sample_organizations
from yiwang.site.sample.loading import is_sample_loaded, load_sample_city

pytestmark = pytest.mark.django_db


def test_the_city_stands_with_its_organizations_roles_and_sign_ins():
    assert not is_sample_loaded()

    signs = load_sample_city()

    assert is_sample_loaded()
    assert len(identity.list_organizations()) == len(list_sample_organizations()) == 98
    assert {sign.role for sign in signs} == {
        "steward", "viewer", "engineer", "director", "sysadmin", "secadmin", "auditor",
    }  # fmt: skip
    steward = identity.get_actor(identity.find_account("wang.minzheng").id)
    assert steward.organization == "YZ-MZJ"
    assert "steward" in steward.roles


def test_loading_again_changes_nothing():
    load_sample_city()

    assert load_sample_city() == []
    assert len(identity.list_organizations()) == 98


def test_a_given_password_is_the_password_of_all():
    assert {sign.password for sign in load_sample_city("Yunling-donghu-2468")} == {
        "Yunling-donghu-2468"
    }
    assert len(ACCOUNTS) == 8
