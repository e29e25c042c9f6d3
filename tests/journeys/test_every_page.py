"""Every page: accessible, calm, within its width, its bytes and its own host."""

from __future__ import annotations

import itertools

import pytest

from .browser import DESK, NARROWEST, PHONE, Look, Visitor
from .pages import list_plain_pages

pytestmark = pytest.mark.browser

MODES = [{}, {"elder": True}, {"high_contrast": True}]
EVERY_LOOK = [
    Look(language=language, size=size, **mode)
    for language, mode, size in itertools.product(["zh-hans", "en"], MODES, [PHONE, DESK])
]
SOME_LOOKS = [Look(size=PHONE), Look(language="en", high_contrast=True)]
BUDGET = 150 * 1024


def visit_all(at, look: Look) -> list[str]:
    """Opens every page in this look; answers what is wrong, page by page."""
    faults = []
    by_role: dict[str, list[str]] = {}
    for page in list_plain_pages():
        by_role.setdefault(page.role, []).append(page.path)
    for role, paths in by_role.items():
        for path in paths:
            with at(role, look) as visitor:
                faults += [
                    f"{path} as {role or 'nobody'}: {fault}" for fault in look_at(visitor, path)
                ]
    return faults


def look_at(visitor: Visitor, path: str) -> list[str]:
    answer = visitor.page.request.get(visitor.base + path, max_redirects=0)
    if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
        return [f"answers {answer.status}"] if answer.status >= 500 else []
    visitor.open(path)
    faults = visitor.list_faults()
    if visitor.bytes_gz > BUDGET:
        faults.append(f"weighs {visitor.bytes_gz} bytes")
    return faults


@pytest.mark.parametrize("look", SOME_LOOKS, ids=str)
def test_pages_are_accessible_and_calm(at, look: Look) -> None:
    assert "\n".join(visit_all(at, look)) == ""


@pytest.mark.deep
@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
def test_pages_are_accessible_and_calm_in_every_mode(at, look: Look) -> None:
    assert "\n".join(visit_all(at, look)) == ""


@pytest.mark.deep
@pytest.mark.parametrize("elder", [False, True], ids=["standard", "elder"])
def test_pages_fit_the_narrowest_phone(at, elder: bool) -> None:
    assert "\n".join(visit_all(at, Look(size=NARROWEST, elder=elder))) == ""
