"""Pictures of pages, for README and docs and for eyes: `make screenshots`.

`python -m tests.screenshots [--out FOLDER] [--url ADDRESS --session COOKIE] [--path /home/ …]`
draws the paths of a running node in the looks that matter.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.journeys.browser import DESK, PHONE, Look, open_browser, visit

LOOKS = {
    "zh": Look(),
    "en": Look(language="en"),
    "phone": Look(size=PHONE),
    "elder": Look(elder=True),
    "elder-phone": Look(elder=True, size=PHONE),
    "contrast": Look(high_contrast=True),
}


def draw(url: str, session: str, paths: list[str], out: Path, looks: list[str]) -> None:
    """One picture for each path and look."""
    out.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for name in looks:
            with visit(browser, url, LOOKS[name], session, listening=False) as visitor:
                for path in paths:
                    visitor.page.goto(url + path, wait_until="load")
                    file = out / f"{path.strip('/').replace('/', '-') or 'front'}-{name}.png"
                    visitor.page.screenshot(path=file, full_page=LOOKS[name].size != DESK)
                    sys.stdout.write(f"{file}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw pages of a running node.")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--session", default="", help="the session cookie of who is signed in")
    parser.add_argument("--path", nargs="*", default=["/", "/home/"])
    parser.add_argument("--look", nargs="*", default=list(LOOKS), choices=list(LOOKS))
    parser.add_argument("--out", type=Path, default=Path("tests/artifacts"))
    given = parser.parse_args()
    draw(given.url, given.session, given.path, given.out, given.look)


if __name__ == "__main__":
    main()
