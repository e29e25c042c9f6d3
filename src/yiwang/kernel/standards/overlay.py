"""The vendor's standards with the city's over them, kept in memory. 标准合并视图。

Rows are masked by the thousand, so the merged view is kept per process and asked for again when
the newest rows changed: at most one small query per request, and one every few seconds in work
that runs longer. An edit made in another process is seen by the next request.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.signals import request_started
from django.db import connection, transaction
from django.db.models import Count, Max

from .documents import build_element
from .models import CodeImport, CodeSetImport, ElementRevision
from .shipped import vendor_code_sets, vendor_elements
from .types import Code, CodeSetVersion, Element

CHECK_EVERY_SECONDS = 5.0
Stamp = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Standards:
    """Elements by code and code set versions, newest first, by code set. 标准全集。

    Compared by identity, so that what is made from one view can be kept beside it.
    """

    stamp: Stamp
    elements: Mapping[str, Element]
    code_sets: Mapping[str, tuple[CodeSetVersion, ...]]


_kept: Standards | None = None


class _Thread(threading.local):
    """What one thread knows: when it last looked, and the standards as it changed them. 线程状态。"""

    checked_at = -1e9
    own: Standards | None = None
    noted = False


_thread = _Thread()


def current_standards() -> Standards:
    """The standards as they stand now, an edit of the running transaction included. 当前标准。"""
    global _kept
    changing = _is_changing()
    kept = _thread.own if changing else _kept
    if kept is not None and time.monotonic() - _thread.checked_at < CHECK_EVERY_SECONDS:
        return kept
    stamp = _newest()
    _thread.checked_at = time.monotonic()
    if kept is None or kept.stamp != stamp:
        kept = Standards(stamp, _merge_elements(), _merge_code_sets())
    if changing:
        # Not yet committed: others must not see it, and it may still be rolled back.
        _thread.own = kept
    else:
        _kept = kept
    return kept


def forget_standards(**_: Any) -> None:
    """Look at the database again at the next question of this thread. 下次重新核对。"""
    _thread.checked_at = -1e9


def note_change() -> None:
    """The running transaction changed the standards. 标记变更。"""
    _thread.own = None
    _thread.noted = True
    forget_standards()
    transaction.on_commit(forget_standards)


def _is_changing() -> bool:
    """Whether a change waits for this thread's commit; a rollback takes its hook away. 是否未提交。"""
    if _thread.noted:
        _thread.noted = any(hook[1] is forget_standards for hook in connection.run_on_commit)
    return _thread.noted


request_started.connect(forget_standards, dispatch_uid="standards.forget")


def _newest() -> Stamp:
    edits = ElementRevision.objects.aggregate(n=Count("id"), last=Max("id"))
    imports = CodeSetImport.objects.aggregate(n=Count("id"), last=Max("id"))
    return (edits["n"], edits["last"], imports["n"], imports["last"])


def _merge_elements() -> Mapping[str, Element]:
    vendor = vendor_elements()
    merged = dict(vendor)
    for revision in ElementRevision.objects.order_by("code", "number"):
        if revision.content:
            merged[revision.code] = _edited(vendor.get(revision.code), revision.content)
        elif revision.code in vendor:
            merged[revision.code] = vendor[revision.code]
        else:
            merged.pop(revision.code, None)
    return merged


def _edited(vendor: Element | None, content: Mapping[str, Any]) -> Element:
    """The city's element; what was edited before elements had a subject keeps the vendor's. 城市版。"""
    subject = vendor.subject if vendor else ""
    return replace(build_element({"subject": subject, **content}), city=True)


def _merge_code_sets() -> Mapping[str, tuple[CodeSetVersion, ...]]:
    versions: defaultdict[str, list[CodeSetVersion]] = defaultdict(list)
    for version in (*vendor_code_sets(), *_imported_versions()):
        versions[version.code_set].append(version)
    # The city's version goes before the vendor's where both begin on the same day.
    return {
        name: tuple(sorted(found, key=lambda v: (v.valid_from, v.city), reverse=True))
        for name, found in versions.items()
    }


def _imported_versions() -> list[CodeSetVersion]:
    codes: defaultdict[str, dict[str, Code]] = defaultdict(dict)
    for row in CodeImport.objects.order_by("code"):
        codes[row.version_id][row.code] = Code(
            row.code, row.name, row.parent, row.name_en, row.valid_from, row.valid_until
        )
    return [
        CodeSetVersion(
            code_set=row.code_set,
            version=row.version,
            zh=row.zh,
            en=row.en,
            source_standard=row.source_standard,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            codes=codes[row.id],
            city=True,
        )
        for row in CodeSetImport.objects.all()
    ]
