"""What the catalogue's words are in the authorities that DCAT-AP names. 词汇对照。"""

from __future__ import annotations

from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.catalog.types import (
    SHARED,
    CatalogueClass,
    OpenType,
    UpdateCycle,
)
from yiwang.nets.share.dcat.types import Iri, Literal, Thing

AUTHORITY = "http://publications.europa.eu/resource/authority"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
CLASSES = "urn:yiwang:catalogue-class"
FREQUENCIES = {
    UpdateCycle.REALTIME: ("UPDATE_CONT", "continuously updated", "实时"),
    UpdateCycle.DAILY: ("DAILY", "daily", "每日"),
    UpdateCycle.WEEKLY: ("WEEKLY", "weekly", "每周"),
    UpdateCycle.MONTHLY: ("MONTHLY", "monthly", "每月"),
    UpdateCycle.QUARTERLY: ("QUARTERLY", "quarterly", "每季度"),
    UpdateCycle.YEARLY: ("ANNUAL", "annual", "每年"),
    UpdateCycle.IRREGULAR: ("IRREG", "irregular", "不定期"),
}
RIGHTS = {
    "PUBLIC": ("open to the public", "向社会开放"),
    "RESTRICTED": ("shared among authorities, or open on conditions", "部门间共享或有条件开放"),
    "NON_PUBLIC": ("not shared", "不予共享"),
}
CLASS_NAMES = {
    CatalogueClass.BASE: ("Base resources", "基础信息资源"),
    CatalogueClass.THEME: ("Theme resources", "主题信息资源"),
    CatalogueClass.DEPARTMENT: ("Department resources", "部门信息资源"),
}


def frequency_of(resource: Resource) -> Iri | None:
    """The EU frequency of an update cycle; none where nothing was promised. 更新频率。"""
    found = FREQUENCIES.get(UpdateCycle(resource.update_cycle))
    return Iri(f"{AUTHORITY}/frequency/{found[0]}") if found else None


def rights_of(resource: Resource) -> Iri:
    """The EU access right of an entry: public only what is open, whoever shares it. 访问权限。"""
    if resource.sharing_type not in SHARED:
        name = "NON_PUBLIC"
    else:
        name = "PUBLIC" if resource.open_type == OpenType.OPEN else "RESTRICTED"
    return Iri(f"{AUTHORITY}/access-right/{name}")


def class_of(resource: Resource) -> Iri:
    """The catalogue class as a concept of our own scheme. 目录分类。"""
    return Iri(f"{CLASSES}:{resource.catalogue_class}")


def describe_words() -> list[Thing]:
    """The concepts that descriptions point at, so that a page can be read alone. 词汇说明。"""
    scheme = Thing(
        Iri(CLASSES), ("skos:ConceptScheme",),
        named("dct:title", "政务信息资源目录分类", "Classes of the national resource catalogue"),
    )  # fmt: skip
    return [scheme, *_describe_classes(), *_describe_frequencies(), *_describe_rights()]


def named(name: str, zh: str, en: str) -> tuple[tuple[str, Literal], ...]:
    """The same said in Chinese and in English. 双语。"""
    return ((name, Literal(zh, "zh")), (name, Literal(en, "en")))


def _describe_classes() -> list[Thing]:
    return [
        Thing(
            Iri(f"{CLASSES}:{code}"), ("skos:Concept",),
            (*named("skos:prefLabel", zh, en), ("skos:inScheme", Iri(CLASSES))),
        )
        for code, (en, zh) in CLASS_NAMES.items()
    ]  # fmt: skip


def _describe_frequencies() -> list[Thing]:
    kinds = ("dct:Frequency", "skos:Concept")
    return [
        Thing(Iri(f"{AUTHORITY}/frequency/{code}"), kinds, named("skos:prefLabel", zh, en))
        for code, en, zh in FREQUENCIES.values()
    ]


def _describe_rights() -> list[Thing]:
    kinds = ("dct:RightsStatement", "skos:Concept")
    return [
        Thing(Iri(f"{AUTHORITY}/access-right/{code}"), kinds, named("skos:prefLabel", zh, en))
        for code, (en, zh) in RIGHTS.items()
    ]


__all__ = [
    "MEDIA_TYPES",
    "class_of",
    "describe_words",
    "frequency_of",
    "named",
    "rights_of",
]
