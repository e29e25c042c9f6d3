"""Every page that a link of the sample city leads to, for each role: nothing broken, nothing bare."""

from __future__ import annotations

import itertools

import pytest

from .browser import LOOKS_CHOSEN, NARROWEST, PHONE, Look, Visitor
from .city import City, crawl

pytestmark = pytest.mark.browser

BUDGET = 150 * 1024
ROLES = ["steward", "viewer", "engineer", "director", "sysadmin", "secadmin", "auditor"]
LOOKS = [Look(size=PHONE), Look(language="en")]
OTHER_LOOKS = [Look(language="en", size=PHONE), Look()]
FIRST = ("engineer", Look(size=PHONE))
if LOOKS_CHOSEN == "all":
    WALKS = [
        *itertools.product(ROLES, LOOKS),
        *itertools.product(["steward", "engineer"], OTHER_LOOKS),
    ]
else:  # each role once, by turns on a phone and in English; an engineer in both
    WALKS = [*zip(ROLES, itertools.cycle(LOOKS)), ("engineer", LOOKS[1])]
WALKS.remove(FIRST)
MODES = [Look(size=PHONE, elder=True), Look(high_contrast=True), Look(size=NARROWEST)]


def list_faults_of_links(city: City, role: str, look: Look, *, each: int = 1) -> list[str]:
    """Walks all links; answers what is wrong, page by page."""
    faults, opened = [], 0
    with city.at(role, look) as visitor:
        for path in crawl(visitor, each=each):
            opened += 1
            found = open_page(visitor, path)
            faults += [f"{path} as {role}, {look}: {fault}" for fault in found]
    assert opened > 5, f"{role} gets nowhere"
    return faults


def open_page(visitor: Visitor, path: str) -> list[str]:
    """Opens it; what is wrong with it as it stands, and at the narrowest width."""
    visitor.complaints.clear()
    visitor.foreign.clear()
    visitor.bytes_gz = 0
    answer = visitor.page.goto(visitor.base + path, wait_until="load")
    assert answer is not None
    if answer.status != 200:
        return [f"a link leads here, and it answers {answer.status}"]
    faults = visitor.list_faults()
    width = visitor.page.viewport_size
    visitor.page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    faults += [f"at 320: {fault}" for fault in visitor.list_overflows()]
    if width:
        visitor.page.set_viewport_size(width)
    if (weight := visitor.weigh()) > BUDGET:
        faults.append(f"weighs {weight} bytes")
    return faults


def test_what_an_engineer_reaches_is_whole(city: City) -> None:
    assert "\n".join(list_faults_of_links(city, *FIRST)) == ""


@pytest.mark.deep
@pytest.mark.parametrize(("role", "look"), WALKS, ids=str)
def test_what_each_role_reaches_is_whole(city: City, role: str, look: Look) -> None:
    assert "\n".join(list_faults_of_links(city, role, look)) == ""


@pytest.mark.deep
@pytest.mark.parametrize("look", MODES, ids=str)
def test_what_an_engineer_reaches_is_whole_in_every_mode(city: City, look: Look) -> None:
    assert "\n".join(list_faults_of_links(city, "engineer", look)) == ""
