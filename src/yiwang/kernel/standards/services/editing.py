"""What the city changes: elements edited over the vendor's, code sets imported. 城市标准维护。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.standards.documents import (
    ELEMENT_KEYS,
    build_element,
    dump_code_set,
    dump_codes_csv,
    dump_elements,
    dump_elements_csv,
    element_entry,
    parse_code_sets,
    parse_codes_csv,
    parse_elements,
    parse_elements_csv,
)
from yiwang.kernel.standards.models import CodeImport, CodeSetImport, ElementRevision
from yiwang.kernel.standards.overlay import current_standards, note_change
from yiwang.kernel.standards.patterns import is_bounded
from yiwang.kernel.standards.shipped import vendor_code_sets, vendor_elements
from yiwang.kernel.standards.types import (
    EDIT_ELEMENTS,
    CodeSetVersion,
    Element,
    Revision,
)

from .elements import get_element

MANY = "*"


def edit_element(
    actor: Actor, code: str, *, changes: Mapping[str, Any], reason: str = ""
) -> Element:
    """Change keys of an element for this city; the vendor's stays beneath. 修改数据元。

    `changes` uses the keys of the vendor file; the code itself cannot change. Needs
    `standards.element.edit`.
    """
    on = Ref("standards.element", code, code)
    with acting(actor, "standards.element.edit", on=on, reason=reason) as act:
        actor.require(EDIT_ELEMENTS)
        if "code" in changes:
            raise InvalidInput("standards.element.code", "The code of an element cannot change")
        entry = element_entry(get_element(code)) | dict(changes)
        element = build_element({key: value for key, value in entry.items() if value is not None})
        _check_patterns(element)
        act.note(keys=sorted(changes))
        _write(actor, code, element_entry(element), reason)
    return get_element(code)


def _check_patterns(element: Element) -> None:
    """Refuse a new pattern that could hang who tries it. 校验正则表达式。"""
    standing = current_standards().elements.get(element.code)
    for pattern in (element.pattern, element.shape):
        known = standing is not None and pattern in (standing.pattern, standing.shape)
        if pattern and not known and not is_bounded(pattern):
            raise InvalidInput(
                "standards.element.pattern",
                "Element %(element)s: “%(pattern)s” can match in too many ways to try them all. "
                "Give its repeats bounds, as in [a-z]{1,20}, without look-around and references "
                "back",
                element=element.code,
                pattern=pattern,
            )


def restore_element(actor: Actor, code: str, *, reason: str = "") -> Element | None:
    """Go back to the vendor's element; one of the city's own is withdrawn (None). 恢复内置定义。

    Needs `standards.element.edit`.
    """
    on = Ref("standards.element", code, code)
    with acting(actor, "standards.element.restore", on=on, reason=reason):
        actor.require(EDIT_ELEMENTS)
        if not get_element(code).city:
            raise Conflict("standards.element.not_edited", "This element was not edited here")
        _write(actor, code, {}, reason)
    return current_standards().elements.get(code)


def import_elements(actor: Actor, text: str, *, format: str, reason: str = "") -> list[str]:  # noqa: A002
    """Take elements from YAML or CSV, all or none; gives the codes that changed. 导入数据元。

    New codes become elements of the city. Needs `standards.element.edit`.
    """
    on = Ref("standards.elements", MANY)
    with acting(actor, "standards.elements.import", on=on, reason=reason) as act:
        actor.require(EDIT_ELEMENTS)
        _check_format(format)
        elements = parse_elements(text) if format == "yaml" else parse_elements_csv(text)
        for element in elements:
            _check_patterns(element)
        entries = {element.code: element_entry(element) for element in elements}
        standing = current_standards().elements
        changed = [
            code
            for code, entry in entries.items()
            if code not in standing or element_entry(standing[code]) != entry
        ]
        for code in changed:
            _write(actor, code, entries[code], reason)
        act.note(elements=len(entries), changed=changed)
    return changed


def export_elements(*, format: str) -> str:  # noqa: A002
    """Every element as YAML or CSV; `import_elements` takes it back unchanged. 导出数据元。"""
    _check_format(format)
    dump = dump_elements if format == "yaml" else dump_elements_csv
    return dump(list(current_standards().elements.values()))


def list_revisions(code: str) -> list[Revision]:
    """The city's edits of an element, newest first, with what each changed. 修订历史。"""
    vendor = vendor_elements().get(code)
    before = element_entry(vendor) if vendor else {}
    found = []
    for row in ElementRevision.objects.filter(code=code).order_by("number"):
        after = row.content or (element_entry(vendor) if vendor else {})
        found.append(
            Revision(
                code=code,
                number=row.number,
                reason=row.reason,
                changed_by=row.changed_by,
                changed_at=row.changed_at,
                withdrawn=not row.content,
                changed=_changes(before, after),
            )
        )
        before = after
    return found[::-1]


def import_code_set(
    actor: Actor,
    text: str,
    *,
    format: str = "yaml",  # noqa: A002
    head: CodeSetVersion | None = None,
    reason: str = "",
) -> list[CodeSetVersion]:
    """Add versions of code sets; a version once imported never changes. 导入代码集。

    YAML carries its own head; CSV holds codes only, so `head` says set, version and validity.
    Conflict `standards.code_set.version_taken` for a version that stands. Needs
    `standards.element.edit`.
    """
    on = Ref("standards.code_sets", MANY)
    with acting(actor, "standards.code_set.import", on=on, reason=reason) as act:
        actor.require(EDIT_ELEMENTS)
        versions = (
            [parse_codes_csv(text, _need(head))] if format == "csv" else parse_code_sets(text)
        )
        for version in versions:
            _refuse_taken(version)
            _store(actor, version)
        act.note(versions=[f"{one.code_set} {one.version}" for one in versions])
    note_change()
    return versions


def export_code_set(code_set: str, version: str, *, format: str = "yaml") -> str:  # noqa: A002
    """One version as YAML, or its codes as CSV. 导出代码集。"""
    _check_format(format)
    dump = dump_code_set if format == "yaml" else dump_codes_csv
    for one in current_standards().code_sets.get(code_set, ()):
        if one.version == version:
            return dump(one)
    raise NotFound(
        "standards.code_set.no_version",
        "There is no version %(version)s of the code set %(code_set)s",
        code_set=code_set,
        version=version,
    )


def _write(actor: Actor, code: str, content: Mapping[str, Any], reason: str) -> None:
    last = ElementRevision.objects.filter(code=code).aggregate(last=Max("number"))["last"]
    ElementRevision.objects.create(
        code=code,
        number=(last or 0) + 1,
        content=dict(content),
        reason=reason[:500],
        changed_by=actor.id,
        changed_at=now(),
    )
    note_change()


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        key: (_shown(before.get(key)), _shown(after.get(key)))
        for key in ELEMENT_KEYS
        if before.get(key) != after.get(key)
    }


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return (
        " ".join(map(str, value))
        if isinstance(value, Sequence) and not isinstance(value, str)
        else str(value)
    )


def _check_format(format: str) -> None:  # noqa: A002
    if format not in ("yaml", "csv"):
        raise InvalidInput("standards.format", "The format is yaml or csv")


def _need(head: CodeSetVersion | None) -> CodeSetVersion:
    if head is None:
        raise InvalidInput(
            "standards.code_set.head",
            "Codes in CSV need the code set, its version and its validity",
        )
    return head


def _refuse_taken(version: CodeSetVersion) -> None:
    known = {(one.code_set, one.version) for one in vendor_code_sets()}
    taken = (version.code_set, version.version) in known
    imported = CodeSetImport.objects.filter(code_set=version.code_set, version=version.version)
    if taken or imported.exists():
        raise Conflict(
            "standards.code_set.version_taken",
            "The version %(version)s of the code set %(code_set)s stands already; give another",
            code_set=version.code_set,
            version=version.version,
        )


def _store(actor: Actor, version: CodeSetVersion) -> None:
    row = CodeSetImport.objects.create(
        code_set=version.code_set,
        version=version.version,
        zh=version.zh,
        en=version.en,
        source_standard=version.source_standard,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        imported_by=actor.id,
        imported_at=now(),
    )
    CodeImport.objects.bulk_create(
        [
            CodeImport(
                version=row,
                code=code.code,
                name=code.name,
                name_en=code.name_en,
                parent=code.parent,
                valid_from=code.valid_from,
                valid_until=code.valid_until,
            )
            for code in version.codes.values()
        ],
        batch_size=500,
    )
