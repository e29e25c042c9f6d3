"""Chinese is the language of the product: no text may lack it."""

import re

from yiwang.kernel.base.errors import fill

from .messages import collect_texts, list_missing, read_template, read_translations

PLACE = re.compile(r"%\((\w+)\)[sd]")


def test_every_visible_text_has_its_chinese() -> None:
    missing = [f"{text!r} at {places[0]}" for text, places in list_missing().items()]

    assert missing == [], "python -m tests.architecture.messages lists them"


def test_translations_keep_the_places_of_their_texts() -> None:
    for text, chinese in read_translations().items():
        singular = text if isinstance(text, str) else text[1]
        translated = chinese if isinstance(chinese, str) else chinese[0]

        assert set(PLACE.findall(translated)) <= set(PLACE.findall(singular)), text
        fill(translated, dict.fromkeys(PLACE.findall(translated), 1))


def test_texts_of_templates_code_and_failures_are_found() -> None:
    found = {text for text in collect_texts() if isinstance(text, str)}

    assert {"Skip to the content", "There is no such page"} <= found
    assert "This address names no place in the list; open the list from its start" in found


def test_constants_in_template_tags_are_found() -> None:
    source = '{% load ui %}{% light _("Overdue") "red" %}'

    assert [text for _, text in read_template(source)] == ["Overdue"]
