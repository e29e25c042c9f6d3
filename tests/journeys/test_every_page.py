"""Every page: accessible, calm, within its width, its bytes and its own host."""

from __future__ import annotations

import itertools

import pytest

from .browser import DESK, LOOKS_CHOSEN, NARROWEST, PHONE, Look, Visitor
from .pages import list_plain_pages

pytestmark = pytest.mark.browser

MODES = [{}, {"elder": True}, {"high_contrast": True}]
NARROW_MODES = [{}, {"elder": True}] if LOOKS_CHOSEN == "all" else [{"elder": True}]
TRAITS = itertools.product(enumerate(["zh-hans", "en"]), enumerate(MODES), enumerate([PHONE, DESK]))
# Those whose places add up to an even number are half of them and hold every pair of traits.
EVERY_LOOK = [
    Look(language=language, size=size, **mode)
    for (first, language), (second, mode), (third, size) in TRAITS
    if LOOKS_CHOSEN == "all" or (first + second + third) % 2 == 0
]
SOME_LOOKS = [Look(size=PHONE), Look(language="en", high_contrast=True)]
OTHER_LOOKS = [look for look in EVERY_LOOK if look not in SOME_LOOKS]
BUDGET = 150 * 1024


def visit_all(at, look: Look) -> list[str]:
    """Opens every page in this look, each role in one window; answers what is wrong, page by page."""
    faults = []
    by_role: dict[str, list[str]] = {}
    for page in list_plain_pages():
        by_role.setdefault(page.role, []).append(page.path)
    for role, paths in by_role.items():
        with at(role, look) as visitor:
            for path in paths:
                faults += [
                    f"{path} as {role or 'nobody'}, {look}: {fault}"
                    for fault in look_at(visitor, role, path)
                ]
    return faults


ANSWERS: dict[tuple[str, str], str] = {}  # the same in every look, so each is asked for once


def answer_to(visitor: Visitor, role: str, path: str) -> str:
    """ "page", a status from 500 on, or nothing: somewhere else, or not a page."""
    if (role, path) not in ANSWERS:
        answer = visitor.page.request.get(visitor.base + path, max_redirects=0)
        is_page = answer.status == 200 and "text/html" in answer.headers.get("content-type", "")
        ANSWERS[role, path] = (
            "page" if is_page else f"answers {answer.status}" if answer.status >= 500 else ""
        )
    return ANSWERS[role, path]


def look_at(visitor: Visitor, role: str, path: str) -> list[str]:
    """What is wrong with one page as it stands."""
    answer = answer_to(visitor, role, path)
    if answer != "page":
        return [answer] if answer else []
    visitor.complaints.clear()
    visitor.foreign.clear()
    visitor.open(path)
    faults = visitor.list_faults()
    if (weight := visitor.weigh()) > BUDGET:
        faults.append(f"weighs {weight} bytes")
    return faults


@pytest.mark.parametrize("look", SOME_LOOKS, ids=str)
def test_pages_are_accessible_and_calm(at, look: Look) -> None:
    assert "\n".join(visit_all(at, look)) == ""


@pytest.mark.deep
@pytest.mark.parametrize("look", OTHER_LOOKS, ids=str)
def test_pages_are_accessible_and_calm_in_every_other_mode(at, look: Look) -> None:
    assert "\n".join(visit_all(at, look)) == ""


@pytest.mark.deep
@pytest.mark.parametrize("mode", NARROW_MODES, ids=str)
def test_pages_fit_the_narrowest_phone(at, mode: dict[str, bool]) -> None:
    assert "\n".join(visit_all(at, Look(size=NARROWEST, **mode))) == ""
