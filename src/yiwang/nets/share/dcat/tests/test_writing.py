"""Whatever is written is read again as it was."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from yiwang.nets.share.dcat.services import write_jsonld, write_turtle
from yiwang.nets.share.dcat.services.turtle import quote_text
from yiwang.nets.share.dcat.types import Iri, Literal, Thing

HOSTILE = [
    '"""',
    "\\u0041",
    "\n\r\t",
    "<script>alert(1)</script>",
    "😀",
    "\\",
    "a\\",
    "@zh",
    "\x00",
]
TEXTS = st.one_of(
    st.text(), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("".join)
)


@given(TEXTS)
def test_a_quoted_text_is_one_line_and_means_what_it_meant(text):
    said = quote_text(Literal(text).text)

    assert re.fullmatch(r'"(?:[^"\\\x00-\x1f]|\\["\\nrt]|\\u[0-9A-F]{4})*"', said)
    assert json.loads(said) == Literal(text).text


@given(TEXTS)
def test_an_iri_holds_nothing_that_could_end_it(text):
    iri = Iri(f"urn:yiwang:{text}").text

    assert re.fullmatch(r"[!#-;=?-Z_a-z~]*", iri)
    assert unquote(iri) == unquote(Literal(f"urn:yiwang:{text}").text)


@given(TEXTS, TEXTS)
def test_one_thing_stays_one_thing(name, text):
    thing = Thing(Iri(f"urn:{name}"), ("dcat:Dataset",), (("dct:title", Literal(text, "zh")),))

    [found] = json.loads(write_jsonld([thing]))["@graph"]
    body = write_turtle([thing]).partition("\n\n")[2]

    assert found["dct:title"] == [{"@value": Literal(text).text, "@language": "zh"}]
    assert (
        body
        == f"<{thing.iri.text}> a dcat:Dataset ;\n    dct:title {quote_text(Literal(text).text)}@zh .\n"
    )
