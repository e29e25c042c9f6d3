"""`make screenshots`: the pictures of README and docs, drawn from the sample city."""

import tempfile
from pathlib import Path

from tests.journeys.browser import Look, open_browser
from tests.operations.conftest import Node

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = (1280, 800)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder) / "home")
        node.run("init")
        found = node.ask("sample", "load")
        person = next(one for one in found["sign_ins"] if one["role"] == "engineer")
        streets = next(one for one in found["comparisons"] if "街道" in one["title"])
        with node.running() as running:
            running.first_page()
            draw(running.address(""), person, {
                "comparison": f"/compare/{streets['id']}/",
                "comparison-rows": f"/compare/{streets['id']}/rows/",
                "catalogue": "/catalog/",
                "home": "/home/",
            })  # fmt: skip


def draw(base: str, person: dict[str, str], pages: dict[str, str]) -> None:
    """Sign in as the person and keep a picture of each page."""
    with open_browser() as browser:
        context = browser.new_context(
            viewport={"width": SIZE[0], "height": SIZE[1]}, locale="zh-CN"
        )
        context.add_cookies(Look().cookies(base))
        page = context.new_page()
        page.goto(f"{base}/sign-in/")
        page.fill("[name=name]", person["name"])
        page.fill("[name=password]", person["password"])
        page.click("main button[type=submit]")
        for name, path in pages.items():
            answer = page.goto(base + path)
            assert answer is not None
            assert answer.status == 200, f"{path}: {answer.status}"
            page.screenshot(path=IMAGES / f"{name}.png")
            print(f"docs/images/{name}.png")
        context.close()


if __name__ == "__main__":
    main()
