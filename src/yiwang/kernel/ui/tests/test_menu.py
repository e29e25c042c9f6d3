"""The side bar: headings that fold, the reader's own page always in sight."""

from __future__ import annotations

from yiwang.kernel.ui.menu import FEW, MenuEntry, group_menu

LIST, ALL, LEDGER = "jobs:list", "jobs:all", "ledger:list"
ENTRIES = [
    *(MenuEntry("Cases", str(at), LIST, order=at) for at in range(FEW)),
    MenuEntry("Administration", "all", ALL, order=800),
    MenuEntry("Audit", "ledger", LEDGER, order=900),
]


def opened(**told: str) -> list[str]:
    return [one.label for one in group_menu(ENTRIES, **told) if one.is_open]


def test_the_first_lines_stand_open_and_the_others_are_folded() -> None:
    assert opened() == ["Cases"]
    assert [one.label for one in group_menu(ENTRIES[FEW:]) if one.is_open] == [
        "Administration",
        "Audit",
    ]


def test_the_section_of_the_page_is_open_on_pages_below_it_too() -> None:
    assert opened(path="/ledger/") == ["Cases", "Audit"]
    assert opened(path="/ledger/abc/", chosen="") == ["Audit"]


def test_what_the_reader_opened_stays_open() -> None:
    assert opened(chosen="administration.nonsense") == ["Administration"]
