"""ASCII names of columns: readable, told apart, within what programs take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.lookup.models import LONGEST
from yiwang.nets.share.lookup.services.naming import PLAIN, name_columns, spell_column


@pytest.mark.parametrize(
    ("column", "element", "name"),
    [
        ("街道", "", "jie_dao"), ("身份证号", "resident_id", "resident_id"), ("Code", "", "Code"),
        ("金额(元)", "", "jin_e_yuan"), ("2023年", "", "c_2023_nian"), ("A类", "", "A_lei"),
        ("", "", "c"), ("！", "", "c"), ("_row", "", "row"), ("_id", "", "id"),
    ],
)  # fmt: skip
def test_a_name_says_what_the_column_is(column, element, name):
    assert spell_column(column, element) == name


@given(st.text(max_size=300))
def test_any_name_can_be_spelled(column):
    found = spell_column(column)
    assert PLAIN.fullmatch(found)
    assert len(found) <= LONGEST - 8


@pytest.mark.django_db
def test_columns_that_sound_alike_are_told_apart():
    resource = Resource.objects.create(code="3D01/000001", name="表", owner="D01")
    for at, column in enumerate(("街道", "接到", "Jie_dao")):
        Item.objects.create(resource=resource, name=column, position=at)

    found = name_columns(resource.id, ("街道", "接到"))

    assert found == {"街道": "jie_dao", "接到": "jie_dao_2"}
    assert name_columns(resource.id, ("Jie_dao",)) == {"Jie_dao": "Jie_dao_3"}
    assert name_columns(resource.id, ("接到",)) == {"接到": "jie_dao_2"}
