"""The reference of data elements is what the package holds."""

from yiwang.kernel.query.functions import FUNCTIONS
from yiwang.kernel.standards.shipped import vendor_code_sets, vendor_elements

from .elements import PAGE, write_page


def test_the_reference_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == write_page(), "run: make docs"


def test_match_keys_are_made_of_functions_that_expressions_know() -> None:
    for element in vendor_elements().values():
        names = {step.partition(":")[0] for step in element.match_key}
        assert names <= set(FUNCTIONS), element.code


def test_code_sets_that_elements_name_are_there() -> None:
    known = {version.code_set for version in vendor_code_sets()}

    named = {element.code_set for element in vendor_elements().values()} - {""}

    assert named <= known


def test_no_heading_belongs_to_two_elements() -> None:
    owners: dict[str, set[str]] = {}
    for element in vendor_elements().values():
        for alias in element.aliases:
            owners.setdefault(alias.lower(), set()).add(element.code)

    assert {alias: codes for alias, codes in owners.items() if len(codes) > 1} == {}
