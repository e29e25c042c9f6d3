"""Statements in the words of RDF, before they are written down. 数据目录陈述。"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Short forms of the vocabularies used; names of kinds and properties are written with them. 前缀。"""
SAFE_IN_IRI = ":/?#@!$&'()*+,;=%-._~"


@dataclass(frozen=True, slots=True)
class Iri:
    """An address or a name of a thing. 标识。

    Whatever may not stand in one is percent-encoded, and so is all that is not ASCII.
    """

    text: str

    def __post_init__(self) -> None:
        """Encode what may not stand there."""
        object.__setattr__(self, "text", quote(clean(self.text), safe=SAFE_IN_IRI))


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, in a language, or of a datatype given as a short name (`xsd:date`). 字面量。"""

    text: str
    language: str = ""
    datatype: str = ""

    def __post_init__(self) -> None:
        """Replace what no encoding can carry."""
        object.__setattr__(self, "text", clean(self.text))


Value = Iri | Literal


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing, its kinds and what is said of it, by short names. 资源描述。"""

    iri: Iri
    kinds: tuple[str, ...]
    facts: tuple[tuple[str, Value], ...] = ()


def clean(text: str) -> str:
    """A text without halves of characters, which UTF-8 cannot carry. 去除孤立代理项。"""
    return text.encode("utf-8", "replace").decode("utf-8")
