"""The API answers those who are signed in, and nobody else."""

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity

pytestmark = pytest.mark.django_db
BASE = "/api/v1/standards"


@pytest.fixture
def get(client):
    account, _ = identity.create_account(
        SYSTEM, name="reader", full_name="Reader", must_change_password=False
    )
    _, secret = identity.issue_token(SYSTEM, name="test", account_id=account.id)
    return lambda path, **query: client.get(
        f"{BASE}{path}", query, headers={"Authorization": f"Bearer {secret}"}
    )


@pytest.mark.parametrize(
    "path",
    ["/elements", "/elements/sex", "/code-sets", "/elements-file/csv", "/suggestions?column=x"],
)
def test_nobody_reads_without_signing_in(client, path):
    assert client.get(f"{BASE}{path}").status_code == 401


def test_elements_are_listed_and_read(get):
    listed = get("/elements").json()

    assert [one["code"] for one in listed] == sorted(one["code"] for one in listed)
    assert get("/elements/resident_id").json()["check"] == "resident_id"
    assert get("/elements/nothing").json()["code"] == "standards.element.unknown"


def test_codes_are_read_as_valid_on_a_day(get):
    assert get("/code-sets/sex/codes").json()[1]["name"] == "男性"
    assert get("/code-sets/sex/codes", after="1", limit=1).json()[0]["code"] == "2"
    assert get("/code-sets/sex/codes/1").json()["name"] == "男性"
    assert get("/code-sets/sex/codes/7").status_code == 404
    assert get("/code-sets/sex/codes", on="1990-01-01").status_code == 404
    assert any(one["version"] == "2011" for one in get("/code-sets").json())


def test_files_and_suggestions_are_given(get):
    assert get("/elements-file/csv").content.decode().startswith("code,zh,en")
    found = get("/suggestions", column="身份证号", sample=["11010519491231002X"]).json()
    assert found[0]["code"] == "resident_id"
    assert found[0]["reasons"][0]["zh"]
