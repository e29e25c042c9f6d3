"""What OData clients read of a grant before its rows: CSDL. OData 元数据。

Every column is a text, for so it was delivered; who wants numbers turns them into such, knowing
what stands there. Chinese names stand as labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from yiwang.nets.share.lookup.types import ROW, Source

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"
SPACE, SET, TYPE = "yiwang", "rows", "row"
LABEL = "Org.OData.Core.V1.Description"
CLAIMS = {
    "Org.OData.Capabilities.V1.CountRestrictions": ("Countable", "true"),
    "Org.OData.Capabilities.V1.ExpandRestrictions": ("Expandable", "false"),
    "Org.OData.Capabilities.V1.SearchRestrictions": ("Searchable", "false"),
    "Org.OData.Capabilities.V1.InsertRestrictions": ("Insertable", "false"),
    "Org.OData.Capabilities.V1.UpdateRestrictions": ("Updatable", "false"),
    "Org.OData.Capabilities.V1.DeleteRestrictions": ("Deletable", "false"),
}


def write_metadata(source: Source) -> bytes:
    """The metadata document of a grant, in UTF-8. 元数据文档。"""
    root = Element("edmx:Edmx", {"xmlns:edmx": EDMX, "Version": "4.0"})
    schema = SubElement(
        SubElement(root, "edmx:DataServices"), "Schema", {"xmlns": EDM, "Namespace": SPACE}
    )
    _add_type(schema, source)
    container = SubElement(schema, "EntityContainer", Name="grant")
    rows = SubElement(container, "EntitySet", Name=SET, EntityType=f"{SPACE}.{TYPE}")
    _label(rows, source.title)
    for term, (name, value) in CLAIMS.items():
        _claim(rows, term, {name: value})
    _restrict(rows, source)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _add_type(schema: Element, source: Source) -> None:
    kind = SubElement(schema, "EntityType", Name=TYPE)
    SubElement(SubElement(kind, "Key"), "PropertyRef", Name=ROW)
    SubElement(kind, "Property", Name=ROW, Type="Edm.Int64", Nullable="false")
    for one in source.columns:
        _label(SubElement(kind, "Property", Name=one.short, Type="Edm.String"), one.name)


def _label(of: Element, text: str) -> None:
    SubElement(of, "Annotation", Term=LABEL, String=_clean(text))


def _claim(of: Element, term: str, values: dict[str, str]) -> Element:
    record = SubElement(SubElement(of, "Annotation", Term=term), "Record")
    for name, value in values.items():
        SubElement(record, "PropertyValue", Property=name, Bool=value)
    return record


def _restrict(rows: Element, source: Source) -> None:
    """Masked columns cannot be filtered by, and no column but the number sorted by."""
    masked = [one.short for one in source.columns if one.masked]
    filtering = _claim(rows, "Org.OData.Capabilities.V1.FilterRestrictions", {"Filterable": "true"})
    _paths(filtering, "NonFilterableProperties", [ROW, *masked])
    sorting = _claim(rows, "Org.OData.Capabilities.V1.SortRestrictions", {"Sortable": "true"})
    _paths(sorting, "NonSortableProperties", [one.short for one in source.columns])


def _paths(record: Element, name: str, paths: list[str]) -> None:
    listed = SubElement(SubElement(record, "PropertyValue", Property=name), "Collection")
    for path in paths:
        SubElement(listed, "PropertyPath").text = path


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(_allowed(text))


def _allowed(text: str) -> Iterator[str]:
    return (
        one
        for one in text
        if one in "\t\n\r"
        or " " <= one <= "\ud7ff"
        or "\ue000" <= one <= "\ufffd"
        or one > "\uffff"
    )
