"""The published catalogue in the shape of CKAN. CKAN 目录。

A package is an entry, an organization its owner, a resource of a package a grant of the asker's own
organization. What is listed is what `catalog` lets the asker see, as far as it is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import Grant

from .reading import Given, read_count, read_flag, read_text, refuse_others, wrong

ROWS, ROWS_AT_MOST, LIST_AT_MOST = 10, 1000, 100_000
ALL = ("", "*", "*:*")
SHOWN = ("sharing_type", "open_type", "update_cycle", "data_format", "grade", "stage")


def list_packages(actor: Actor, given: Given) -> list[str]:
    """Names of all published entries, oldest code first. 目录清单。"""
    refuse_others(given, "limit", "offset")
    start = read_count(given, "offset", 0)
    limit = min(read_count(given, "limit", LIST_AT_MOST), LIST_AT_MOST)
    codes = _published(actor).order_by("code").values_list("code", flat=True)
    return [name_package(code) for code in codes[start : start + limit]]


def search_packages(actor: Actor, given: Given) -> dict[str, Any]:
    """Published entries that hold every word, or all; newest change first. 检索目录。"""
    refuse_others(given, "q", "fq", "rows", "start", "sort", "facet", "facet.field")
    if read_text(given, "sort") not in (
        "",
        "metadata_modified desc",
        "score desc, metadata_modified desc",
    ):
        raise wrong("sort", msg("Entries come with the newest change first"))
    owner = _read_owner(read_text(given, "fq"))
    start, rows = read_count(given, "start", 0), min(read_count(given, "rows", ROWS), ROWS_AT_MOST)
    words = read_text(given, "q").strip()
    find = _find_all if words in ALL else _find_words
    page, count = find(actor, words, owner, slice(start, start + rows))
    return {
        "count": count, "sort": "metadata_modified desc" if words in ALL else "score desc",
        "facets": {}, "search_facets": {}, "results": describe_packages(actor, page),
    }  # fmt: skip


def _find_all(actor: Actor, _words: str, owner: str, part: slice) -> tuple[Sequence[Resource], int]:
    found = _published(actor).filter(**({"owner": owner} if owner else {}))
    return list(found.order_by("-updated_at", "-id")[part]), found.count()


def _find_words(
    actor: Actor, words: str, owner: str, part: slice
) -> tuple[Sequence[Resource], int]:
    ids, count = catalog.search_published(words, owner=owner, start=part.start, stop=part.stop)
    known = {one.id: one for one in _published(actor).filter(id__in=ids)}
    return [known[one] for one in ids if one in known], count


def show_package(actor: Actor, given: Given) -> dict[str, Any]:
    """One published entry, by id or name. 目录条目。"""
    refuse_others(given, "id")
    wanted = read_text(given, "id", needed=True)
    head, _, tail = wanted.rpartition("-")
    found = _published(actor).filter(
        Q(id=wanted) | Q(code=wanted) | Q(code=f"{head}/{tail}")
    ).first()  # fmt: skip
    if found is None:
        raise NotFound("lookup.package.missing", "There is no such package")
    return describe_packages(actor, [found])[0]


def list_organizations(actor: Actor, given: Given) -> list[Any]:
    """Organizations that have published something: their codes, or all of each. 机构清单。"""
    refuse_others(given, "all_fields", "limit", "offset")
    counts = _count_by_owner(actor)
    start = read_count(given, "offset", 0)
    codes = sorted(counts)[start : start + read_count(given, "limit", LIST_AT_MOST)]
    if not read_flag(given, "all_fields", default=False):
        return codes
    return list(describe_organizations({code: counts[code] for code in codes}).values())


def show_organization(actor: Actor, given: Given) -> dict[str, Any]:
    """One organization that has published something. 机构。"""
    refuse_others(given, "id")
    code = read_text(given, "id", needed=True)
    found = describe_organizations(_count_by_owner(actor, code)).get(code)
    if found is None:
        raise NotFound("lookup.organization.missing", "There is no such organization")
    if read_flag(given, "include_datasets", default=False):
        mine = _published(actor).filter(owner=code).order_by("-updated_at", "-id")
        found["packages"] = describe_packages(actor, list(mine[:ROWS_AT_MOST]))
    return found


def name_package(code: str) -> str:
    """The name of a package: the code of the entry, fit for an address. 数据集名称。"""
    head, _, tail = code.rpartition("/")
    return f"{head}-{tail}" if head else code


def describe_packages(actor: Actor, resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Entries as CKAN writes packages; as many queries for one as for many. 数据集描述。"""
    rows = list(resources)
    owners = describe_organizations({one.owner: 0 for one in rows})
    grants = _list_grants(actor, [one.id for one in rows])
    return [_describe(one, owners[one.owner], grants.get(one.id, [])) for one in rows]


def describe_organizations(counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Organizations as CKAN writes them, by code. 机构描述。"""
    known = identity.get_organizations(counts)
    names = {code: known[code].name if code in known else code for code in counts}
    return {
        code: {
            "id": code, "name": code, "title": names[code], "display_name": names[code],
            "type": "organization", "is_organization": True, "state": "active",
            "approval_status": "approved", "description": "", "image_url": "",
            "package_count": count,
        }
        for code, count in counts.items()
    }  # fmt: skip


def _published(actor: Actor) -> QuerySet[Resource]:
    actor.require(catalog.READ)
    return catalog.visible_resources(actor).filter(publish_date__isnull=False)


def _read_owner(text: str) -> str:
    """`organization:D01` and nothing else: no query of Solr is read."""
    field, _, code = text.strip().lstrip("+").partition(":")
    if not text.strip():
        return ""
    if field != "organization" or not code.strip('"').isalnum():
        raise InvalidInput("lookup.fq.unsupported", "fq takes organization:CODE only")
    return code.strip('"')


def _count_by_owner(actor: Actor, code: str = "") -> dict[str, int]:
    found = _published(actor).filter(owner=code) if code else _published(actor)
    counted = found.order_by("owner").values("owner").annotate(entries=Count("id"))
    return {row["owner"]: row["entries"] for row in counted}


def _list_grants(actor: Actor, resources: list[str]) -> dict[str, list[Grant]]:
    """The grants in force of the actor's own organization, by resource, in one query."""
    if not actor.may(exchange.USE) or not actor.organization:
        return {}
    mine = exchange.visible_grants(actor).filter(
        organization=actor.organization, resource__in=resources, revoked_at=None, until__gte=today()
    )
    found: dict[str, list[Grant]] = {}
    for grant in mine.order_by("created_at"):
        found.setdefault(grant.resource_id, []).append(grant)
    return found


def _describe(one: Resource, owner: Mapping[str, Any], grants: list[Grant]) -> dict[str, Any]:
    extras = [{"key": name, "value": _say(one, name)} for name in SHOWN]
    return {
        "id": one.id, "name": name_package(one.code), "title": one.name, "notes": one.abstract,
        "type": "dataset", "state": "active", "private": False, "owner_org": one.owner,
        "organization": {name: owner[name] for name in owner if name != "package_count"},
        "metadata_created": _moment(one.created_at), "metadata_modified": _moment(one.updated_at),
        "num_resources": len(grants), "num_tags": 0, "tags": [], "groups": [],
        "extras": [{"key": "code", "value": one.code}, *extras],
        "resources": [_describe_grant(one, grant, at) for at, grant in enumerate(grants)],
    }  # fmt: skip


def _describe_grant(one: Resource, grant: Grant, at: int) -> dict[str, Any]:
    return {
        "id": grant.id, "package_id": one.id, "name": grant.request.number,
        "description": grant.purpose, "format": "JSON", "position": at, "state": "active",
        "datastore_active": True, "url_type": "datastore",
        "url": f"/ckan/api/3/action/datastore_search?resource_id={grant.id}",
        "created": _moment(grant.created_at), "hash": "", "mimetype": "application/json",
    }  # fmt: skip


def _say(one: Resource, name: str) -> str:
    say = getattr(one, f"get_{name}_display", None)
    return str(say() if say else getattr(one, name))


def _moment(at: Any) -> str:
    return at.isoformat() if at else ""
