"""A page of the catalogue as statements after DCAT-AP 3.0.1. 目录描述。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.urls import reverse

from yiwang.kernel.base.ids import get_node
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.catalog.types import SHARED
from yiwang.nets.share.dcat.types import Iri, Literal, Thing, Value

from .words import MEDIA_TYPES, class_of, describe_words, frequency_of, named, rights_of

PLACE = "/api/v1/dcat/catalog"
API, DELTA = "/api/v1/", "/api/v1/delta-sharing"
DOORS = (
    ("page", "资源页面", "Page of the resource", "text/html"),
    ("parquet", "授权后以 Delta Sharing 取数", "Delta Sharing, once granted",
     "application/vnd.apache.parquet"),
    ("arrow", "授权后以 Apache Arrow 流取数", "Apache Arrow stream, once granted",
     "application/vnd.apache.arrow.stream"),
)  # fmt: skip
"""Ways to a resource: its page, and what a grant opens. 获取渠道。"""

Facts = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page of descriptions is made of. 描述页。

    `base` is the node's address without a path; `standards` gives the standards of the elements of
    each resource, `more` the address of the next page, `measured` what quality checks found.
    """

    base: str
    resources: Sequence[Resource]
    owners: Mapping[str, str]
    publisher: tuple[str, str]
    standards: Mapping[str, Sequence[str]]
    address: str = ""
    more: str = ""
    measured: Mapping[str, Sequence[Thing]] | None = None


def describe_sheet(sheet: Sheet) -> Iterator[Thing]:
    """All that one page says. 整页描述。"""
    yield _describe_page(sheet)
    yield _describe_catalogue(sheet)
    yield Thing(Iri(sheet.base + reverse("catalog:list")), ("foaf:Document",))
    yield from _describe_services(sheet)
    yield from describe_words()
    yield from (Thing(media_type(kind), ("dct:MediaType", "dct:MediaTypeOrExtent"))
                for *_name, kind in DOORS)  # fmt: skip
    yield from _describe_agents(sheet)
    yield from _describe_standards(sheet.standards.values())
    for resource in sheet.resources:
        yield from _describe_resource(sheet, resource)


def dataset_iri(resource_id: str) -> Iri:
    """The name of a resource, the same under whatever address the node answers. 数据集标识。"""
    return Iri(f"urn:yiwang:{resource_id}")


def agent_iri(code: str) -> Iri:
    """The name of an organization. 机构标识。"""
    return Iri(f"urn:yiwang:organization:{quote(code, safe='')}")


def media_type(kind: str) -> Iri:
    """The IANA name of a media type. 媒体类型。"""
    return Iri(f"{MEDIA_TYPES}/{kind}")


def catalogue_iri() -> Iri:
    """The name of this node's catalogue. 目录标识。"""
    return Iri(f"urn:yiwang:{get_node()}:catalogue")


def _describe_page(sheet: Sheet) -> Thing:
    facts: list[tuple[str, Value]] = [("hydra:firstPage", Iri(sheet.base + PLACE))]
    if sheet.more:
        facts += [("hydra:nextPage", Iri(sheet.more)), ("hydra:next", Iri(sheet.more))]
    return Thing(Iri(sheet.address or sheet.base + PLACE), ("hydra:PagedCollection",), tuple(facts))


def _describe_catalogue(sheet: Sheet) -> Thing:
    name = sheet.publisher[1]
    facts: Facts = (
        *named("dct:title", f"{name} 数据资源目录", f"Data catalogue of {name}"),
        *named(
            "dct:description", "已发布的公共数据资源：由谁提供、更新多快、如何获取。",
            "Published resources: whose they are, how current, and how to get them.",
        ),
        ("dct:publisher", agent_iri(sheet.publisher[0])),
        ("foaf:homepage", Iri(sheet.base + reverse("catalog:list"))),
        ("dcat:themeTaxonomy", Iri("urn:yiwang:catalogue-class")),
        *(("dcat:service", one.iri) for one in _describe_services(sheet)),
        *(("dcat:dataset", dataset_iri(one.id)) for one in sheet.resources),
    )  # fmt: skip
    return Thing(catalogue_iri(), ("dcat:Catalog",), facts)


def _describe_services(sheet: Sheet) -> list[Thing]:
    open_doors = [dataset_iri(one.id) for one in sheet.resources if _is_grantable(one)]
    serves = tuple(("dcat:servesDataset", one) for one in open_doors)
    found = []
    for end, place, zh, en in (
        ("api", API, "平台接口", "The interface of the node"),
        ("delta-sharing", DELTA, "Delta Sharing 批量共享接口", "Delta Sharing of granted tables"),
    ):
        facts: Facts = (
            *named("dct:title", zh, en),
            ("dct:publisher", agent_iri(sheet.publisher[0])),
            ("dcat:endpointURL", Iri(sheet.base + place)),
            ("dcat:endpointDescription", Iri(f"{sheet.base}{API}openapi.json")),
        )
        found.append(Thing(_service_iri(end), ("dcat:DataService",), facts + serves))
    return found


def _service_iri(end: str) -> Iri:
    return Iri(f"urn:yiwang:{get_node()}:service:{end}")


def _describe_agents(sheet: Sheet) -> Iterator[Thing]:
    for code, name in (dict([sheet.publisher]) | dict(sheet.owners)).items():
        yield Thing(agent_iri(code), ("foaf:Agent",), (("foaf:name", Literal(name, "zh")),))


def _describe_standards(found: Iterable[Sequence[str]]) -> Iterator[Thing]:
    for text in sorted({one for texts in found for one in texts}):
        yield Thing(_standard_iri(text), ("dct:Standard",), (("dct:title", Literal(text)),))


def _standard_iri(text: str) -> Iri:
    return Iri(f"urn:yiwang:standard:{quote(text, safe='')}")


def _describe_resource(sheet: Sheet, resource: Resource) -> Iterator[Thing]:
    page = Iri(sheet.base + reverse("catalog:detail", args=[resource.id]))
    iri = dataset_iri(resource.id)
    contact, doors = Iri(f"{iri.text}#contact"), _list_doors(sheet, resource, page)
    measured = (sheet.measured or {}).get(resource.id, ())
    facts: Facts = (
        ("dct:title", Literal(resource.name, "zh")),
        ("dct:description", Literal(_abstract_of(resource), "zh")),
        ("dct:identifier", Literal(resource.code)),
        ("dct:publisher", agent_iri(resource.owner)),
        ("dcat:contactPoint", contact),
        ("dcat:theme", class_of(resource)),
        ("dct:accessRights", rights_of(resource)),
        ("dcat:landingPage", page),
        *_dates_of(resource),
        *(("dct:conformsTo", _standard_iri(one)) for one in sheet.standards.get(resource.id, ())),
        *(("dcat:distribution", door.iri) for door in doors),
        *(
            ("dqv:hasQualityMeasurement", one.iri)
            for one in measured
            if "dqv:QualityMeasurement" in one.kinds
        ),
    )
    yield Thing(iri, ("dcat:Dataset",), facts)
    yield Thing(page, ("foaf:Document",))
    name = Literal(sheet.owners.get(resource.owner, resource.owner), "zh")
    yield Thing(
        contact, ("vcard:Kind", "vcard:Organization"), (("vcard:fn", name), ("vcard:hasURL", page))
    )
    yield from doors
    yield from measured


def _abstract_of(resource: Resource) -> str:
    """What the owner wrote, with whatever is personal in it masked. 摘要。"""
    return standards.mask_spans(resource.abstract) or resource.name


def _dates_of(resource: Resource) -> Facts:
    changed: datetime = resource.landed_at or resource.updated_at
    found: list[tuple[str, Value]] = [
        ("dct:modified", Literal(changed.isoformat(), datatype="xsd:dateTime"))
    ]
    if resource.publish_date:
        day = resource.publish_date.isoformat()
        found.insert(0, ("dct:issued", Literal(day, datatype="xsd:date")))
    often = frequency_of(resource)
    return (*found, ("dct:accrualPeriodicity", often)) if often else tuple(found)


def _is_grantable(resource: Resource) -> bool:
    return bool(resource.table) and resource.sharing_type in SHARED


def _list_doors(sheet: Sheet, resource: Resource, page: Iri) -> list[Thing]:
    ask = Iri(sheet.base + reverse("exchange:ask", args=[resource.id]))
    rights = ("dct:rights", rights_of(resource))
    found = []
    for end, zh, en, kind in DOORS if _is_grantable(resource) else DOORS[:1]:
        facts: Facts = (
            *named("dct:title", zh, en),
            ("dcat:accessURL", page if end == "page" else ask),
            ("dcat:mediaType", media_type(kind)),
            rights,
        )
        if end != "page":
            service = "delta-sharing" if end == "parquet" else "api"
            facts += (("dcat:accessService", _service_iri(service)),)
        iri = Iri(f"{dataset_iri(resource.id).text}#{end}")
        found.append(Thing(iri, ("dcat:Distribution",), facts))
    return found
