"""The catalogue's face for harvesters holds to DCAT-AP 3.0.1, read by rdflib and pySHACL.

`mandatory.ttl` is our own writing of the profile's mandatory properties. The shapes that are
published with the profile are read where the folder of real inputs holds them.
"""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.conformance.environments import HERE, run_client
from tests.real_files import find_shared
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.dcat.services import write_jsonld, write_turtle
from yiwang.nets.share.dcat.types import PREFIXES, Iri, Literal, Thing

pytestmark = pytest.mark.deep
PLACE = "/api/v1/dcat/catalog"
PUBLISHED = ("shacl/dcat-ap-SHACL.ttl", "html/shacl/shapes.ttl", "html/shacl/range.ttl")
OWN = [HERE / "dcat_ap" / "mandatory.ttl"]
NASTY = [
    '三重"""引号',
    "反斜杠\\u0041",
    "行\n行",
    "<script>alert(1)</script>",
    "😀名册",
    "尾\\",
    "'单'",
]


def list_published():
    data = find_shared()
    folder = data / "09-catalogue/dcat-ap/3.0.1" if data else None
    if folder is None or not folder.is_dir():
        pytest.skip("the shapes that are published with DCAT-AP 3.0.1 are not at hand")
    return [folder / name for name in PUBLISHED]


@pytest.fixture
def city(db):
    """Two hundred published resources of five departments, every mix of what may be said."""
    for code, kind in [("B01", "bureau")] + [(f"D0{at}", "department") for at in range(5)]:
        identity.create_organization(SYSTEM, code=code, name=f"{code} 局", kind=kind)
    cycles = ["realtime", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"]
    made = Resource.objects.bulk_create(
        Resource(
            code=f"3D0{at % 5}/{at:06d}", name=f"{NASTY[at % len(NASTY)]} {at}", owner=f"D0{at % 5}",
            catalogue_class="123"[at % 3], abstract=f"说明 {NASTY[(at + 3) % len(NASTY)]}",
            sharing_type=("unconditional", "conditional")[at % 2], open_type="open",
            update_cycle=cycles[at % 7], publish_date=today(), table="t" if at % 4 else "",
        )
        for at in range(200)
    )  # fmt: skip
    Item.objects.bulk_create(
        Item(resource=one, name="证号", position=0, element="resident_id") for one in made
    )
    return made


def fetch(form):
    response = Client().get(PLACE, {"format": form})
    assert response.status_code == 200
    return response.content.decode()


def check(text, form, shapes, without=()):
    told = {"text": text, "form": form, "without": [expand(one) for one in without]}
    return json.loads(run_client("dcat_ap", "check.py", *shapes, stdin=json.dumps(told)))["found"]


def expand(name):
    prefix, _colon, rest = name.partition(":")
    return PREFIXES[prefix] + rest


@pytest.mark.parametrize("form", ["turtle", "jsonld"])
def test_two_hundred_resources_conform_to_the_published_shapes(city, form):
    shapes = list_published()

    assert check(fetch(form), form.replace("jsonld", "json-ld"), shapes) == []


@pytest.mark.parametrize("name", ["dct:title", "dct:description"])
def test_one_thing_missing_is_one_violation_of_the_published_shapes(city, name):
    shapes = list_published()[:1]

    [found] = check(fetch("turtle"), "turtle", shapes, ["dcat:Dataset", name])

    assert found["path"] == expand(name)


def test_two_hundred_resources_have_all_that_is_mandatory(city):
    assert check(fetch("turtle"), "turtle", OWN) == []


@pytest.mark.parametrize(
    "without",
    [
        ("dcat:Dataset", "dct:title"),
        ("dcat:Dataset", "dct:description"),
        ("dcat:Catalog", "dct:publisher"),
        ("dcat:Distribution", "dcat:accessURL"),
        ("dcat:DataService", "dcat:endpointURL"),
        ("foaf:Agent", "foaf:name"),
    ],
)
def test_what_is_mandatory_and_missing_is_seen_once(city, without):
    [found] = check(fetch("turtle"), "turtle", OWN, without)

    assert found["path"] == expand(without[1])


def test_both_forms_say_the_same(city):
    told = {
        form: Client(headers={"Accept": accept}).get(PLACE).content.decode()
        for form, accept in (("turtle", "text/turtle"), ("jsonld", "application/ld+json"))
    }

    found = json.loads(run_client("dcat_ap", "compare.py", stdin=json.dumps(told)))

    assert (found["turtle_only"], found["jsonld_only"]) == ([], [])
    assert found["triples"] > 200 * 15
    for one in city:
        assert f"urn:yiwang:{one.id}" in found["names"]


def test_hostile_texts_are_read_as_they_were_written():
    """Many drawn texts in one reading: a process each would take minutes."""
    texts = list(NASTY)

    @settings(max_examples=400, database=None, phases=[Phase.generate], derandomize=True)
    @given(st.text(max_size=60))
    def draw(text):
        texts.append(text)

    draw()
    things = [
        Thing(Iri(f"urn:t:{at}/{text}"), ("dcat:Dataset",), (("dct:title", Literal(text, "zh")),))
        for at, text in enumerate(texts)
    ]
    told = {"turtle": write_turtle(things), "jsonld": write_jsonld(things)}

    found = json.loads(run_client("dcat_ap", "compare.py", stdin=json.dumps(told)))

    assert (found["turtle_only"], found["jsonld_only"]) == ([], [])
    assert found["texts"] == {one.iri.text: one.facts[0][1].text for one in things}
