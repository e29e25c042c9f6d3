"""Each row leads to the delivery it came with."""

import pytest

FIRST, SECOND = "编号,姓名\n001,张小云\n002,李大山\n", "编号,姓名\n003,王一川\n"


@pytest.fixture
def two(steward, send):
    [first] = send(steward, FIRST, key=("编号",))
    [second] = send(steward, SECOND, name="登记.txt", kind="append")
    return first, second


def page(client, delivery, row, **query):
    return client.get(f"/catalog/{delivery.resource}/rows/{row}/", query)


def test_a_row_names_its_version_and_leads_to_its_delivery(client_of, steward, two):
    first, second = two
    client = client_of(steward)

    early, late = (page(client, first, row).content.decode() for row in (1, 3))

    assert f"/deliveries/{first.id}/" in early
    assert f"/deliveries/{second.id}/" not in early
    assert f"/deliveries/{second.id}/" in late


def test_a_row_is_masked_as_in_the_table(client_of, steward, two):
    text = page(client_of(steward), two[0], 1).content.decode()

    assert "张小云" not in text
    assert "001" in text


@pytest.mark.parametrize("row", ["0", "4", "99999999999999999999999"])
def test_a_row_that_is_not_there_is_not_found(client_of, steward, two, row):
    assert page(client_of(steward), two[0], row).status_code == 404


def test_a_row_belongs_to_the_version_asked_for(client_of, steward, two):
    assert page(client_of(steward), two[0], 3, version=1).status_code == 404


def test_a_filtered_table_numbers_and_links_its_rows_as_they_stand(client_of, steward, two):
    answer = client_of(steward).get(f"/catalog/{two[0].resource}/rows/", {"filter": "编号 = '003'"})
    text = answer.content.decode()

    assert f"/catalog/{two[0].resource}/rows/3/?version=2" in text
    assert "/rows/1/" not in text


def test_another_department_finds_no_row(client_of, person, two):
    assert page(client_of(person("steward", "D02")), two[0], 1).status_code == 404
