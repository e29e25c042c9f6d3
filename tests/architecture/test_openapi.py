"""The public API is a stored file: a change to it is seen in review.

`make docs` writes it anew.
"""

import json
from pathlib import Path

SNAPSHOT = Path(__file__).with_name("openapi.json")


def describe() -> str:
    from yiwang.site.urls import api

    document = json.loads(json.dumps(api.get_openapi_schema()))
    document["info"]["version"] = "-"
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_the_api_is_as_stored() -> None:
    assert json.loads(describe()) == json.loads(SNAPSHOT.read_text("utf-8")), (
        "the API changed: if you mean it, run `make docs`"
    )


if __name__ == "__main__":
    import os

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    SNAPSHOT.write_text(describe(), "utf-8")
