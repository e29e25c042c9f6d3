"""The rules declared for the dirty and clean pairs are rules that could be imported."""

import pytest

from .measure_quality import DATA, DECLARED, PAIRS, read_declared, read_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "dirty"), PAIRS)
def test_declared_rules_fit_the_columns_of_their_register(name, dirty):
    if not DATA.is_dir():
        pytest.skip("the dirty and clean pairs are not here")
    header, _ = read_rows(DATA / name / f"{dirty}.csv.gz")

    assert len(read_declared(name, header)) >= 15


def test_every_file_of_declared_rules_is_measured():
    assert {file.stem for file in DECLARED.iterdir()} == {name for name, _ in PAIRS}
