"""A first app to begin from: small, whole, and its tests hold. 应用模板。"""

from __future__ import annotations

import re

from yiwang.kernel.base.errors import InvalidInput

from .template import TEMPLATE

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def new_app(code: str, *, title: str, owner: str) -> dict[str, str]:
    """The files of a new app: an entity, a form, a view, a two-step approval, rights, a test. 新建应用。

    InvalidInput for a code that is no code.
    """
    if not _CODE.fullmatch(code):
        raise InvalidInput(
            "apps.new.code",
            "%(app)s is no code of an app: small letters, digits and _, a letter first",
            app=code[:80],
        )
    quoted = '"' + title.replace("\\", "").replace('"', "") + '"'
    places = {"APP": code, "TITLE": quoted, "OWNER": owner}
    return {name: _fill(text, places) for name, text in TEMPLATE.items()}


def _fill(text: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(f"«{name}»", value)
    return text
