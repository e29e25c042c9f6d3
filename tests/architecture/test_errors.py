"""Every code that the source can raise is documented."""

import ast

from .errors import CODE, PAGE, list_failures, read_failures, read_kinds


def test_every_code_is_documented() -> None:
    documented = PAGE.read_text("utf-8")

    missing = {found.code for found in list_failures() if f"| `{found.code}` |" not in documented}

    assert sorted(missing) == [], "run `python -m tests.architecture.errors`"


def test_no_documented_code_is_gone() -> None:
    known = {found.code for found in list_failures()}
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]

    assert [row for row in rows if row.split("`")[1] not in known] == []


def test_codes_are_found_in_raises_calls_and_tables() -> None:
    source = """
class Cut(InvalidInput):
    status = 418
raise Cut("reading.file.cut", "The file %(name)s is cut", name=name)
error = errors.InvalidInput("reading.file.empty", "The file is empty")
TABLE = {413: ("api.too_large", msg("Too large"))}
"""
    tree = ast.parse(source)
    kinds = read_kinds([ast.parse("class InvalidInput(YiwangError):\n    status = 422"), tree])

    found = {failure.code: failure.status for failure in read_failures(tree, kinds)}

    assert found == {"reading.file.cut": 418, "reading.file.empty": 422, "api.too_large": 413}
    assert not CODE.fullmatch("no code")
