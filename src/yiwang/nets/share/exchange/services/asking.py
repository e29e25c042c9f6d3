"""Asking for data: the least that a purpose needs. 提出共享申请。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.query import services as query
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.catalog.types import CORE, SHARED, ItemInfo, SharingType
from yiwang.nets.share.exchange.models import WORDS, Grant, Request
from yiwang.nets.share.exchange.types import GUARDED_FROM, Method, RequestState, Wanted

from .casework import decide_withdrawn, list_loose, open_case
from .deciding import read_row_filter, refuse_bad_filter, refuse_denied
from .finding import get_request, get_terms_of, require_asker
from .granting import SHORT
from .permissions import ASK
from .settings_files import list_purposes

LONGEST = timedelta(days=3 * 366)
VOLUME = 1_000_000_000


def make_request(actor: Actor, resource_id: str, wanted: Wanted) -> Request:
    """Ask for columns and rows of another department's resource. 提出申请。

    Holders of `share.request.make`, for their own organization. What the owner shares without
    conditions, unmasked nowhere and not beyond the purpose, is granted at once; all else goes to
    the owner and the data bureau. Conflict where the owner does not share it, where it is asked
    already, and where a grant answers it already unless `anyway` is said.
    """
    actor.require(ASK, organization=actor.organization)
    resource = catalog.get_resource(actor, resource_id)
    _refuse_closed(actor, resource)
    items = catalog.list_items(resource.id)
    checked = _check(wanted, items)
    refuse_denied(actor.organization, resource.id)
    beyond = list_beyond(wanted.purpose_kind, wanted.columns, items)
    request = Request(
        resource=resource, organization=actor.organization, account=actor.id,
        purpose_kind=wanted.purpose_kind, purpose=checked["purpose"], duty=checked["duty"],
        columns=list(wanted.columns), clear=list(wanted.clear),
        masks=dict(wanted.masks), beyond=beyond,
        row_filter=checked["row_filter"], until=wanted.until, method=wanted.method,
        volume=wanted.volume,
    )  # fmt: skip
    request.automatic = is_automatic(request, items)
    with ledger.acting(actor, "share.request.make", on=Ref("share.request", request.id)) as act:
        _hold(resource)
        _refuse_asked(actor, resource, wanted)
        return _save(act, request)


def _hold(resource: Resource) -> None:
    """Of two who press at once the second sees the request of the first."""
    Resource.objects.select_for_update().get(pk=resource.pk)


def _save(act: Act, request: Request) -> Request:
    request.created_at = act.at
    request.save(force_insert=True)
    act.note(resource=request.resource_id, columns=len(request.columns))
    request.number = open_case(act, request)
    Request.objects.filter(pk=request.pk).update(number=request.number)
    request.refresh_from_db()
    return request


def withdraw_request(actor: Actor, request_id: str) -> None:
    """Take a request back while it is in hand. 撤回申请。 Those who may ask for the same organization."""
    request = get_request(actor, request_id)
    require_asker(actor, request)
    if request.state != RequestState.WAITING:
        raise Conflict("exchange.request.over", "It was decided already")
    decide_withdrawn(actor, request)


def is_automatic(request: Request, items: Iterable[ItemInfo]) -> bool:
    """Whether nobody has to decide. 无条件共享判定。

    Rows chosen by a masked column would tell what the mask hides, and checks compare what it hides,
    so that people look at them.
    """
    names = [item.name for item in items]
    guards = catalog.guard_masks(request.resource_id, names)
    chosen_by = read_row_filter(request.row_filter, names)
    return (
        request.resource.sharing_type == SharingType.UNCONDITIONAL
        and request.resource.grade < GUARDED_FROM
        and not request.clear
        and not list_loose(request.masks, guards)
        and not request.beyond
        and request.method != Method.CHECK
        and not (chosen_by and set(query.list_fields(chosen_by)) & set(guards))
    )


def list_beyond(kind: str, columns: Sequence[str], items: Iterable[ItemInfo]) -> list[str]:
    """Columns that the purpose does not need: other elements, and any that may be personal. 超出用途。"""
    purpose = list_purposes().get(kind)
    needed = purpose.elements if purpose else frozenset()
    known = standards.get_elements()
    found = []
    for item in items:
        element = known.get(item.effective)
        personal = bool(item.suspect or item.closed or (element and element.personal))
        judged = bool(needed) and bool(item.effective)
        if item.name in columns and item.effective not in needed and (personal or judged):
            found.append(item.name)
    return found


def find_answering(actor: Actor, resource_id: str, wanted: Wanted) -> Grant | None:
    """A grant of the actor's organization that gives all that is asked already. 已有授权。"""
    rows = Grant.objects.filter(
        resource=resource_id, organization=actor.organization, revoked_at=None, until__gte=today()
    )
    grants = list(rows.select_related("request").order_by("-created_at")[:50])
    held = get_terms_of(grants)
    checks = wanted.method == Method.CHECK
    for grant in grants:
        if (grant.request.method == Method.CHECK) != checks:
            continue
        terms = held[grant.id]
        covers = set(wanted.columns) <= set(terms.columns) and set(wanted.clear) <= set(terms.clear)
        alike = all(
            terms.masks.get(one) == wanted.masks.get(one)
            for one in wanted.columns
            if one not in terms.clear
        )
        if covers and alike and terms.row_filter in ("", wanted.row_filter.strip()):
            return grant
    return None


def _refuse_closed(actor: Actor, resource: Resource) -> None:
    if resource.owner == actor.organization:
        raise Conflict("exchange.request.own", "This is your own department's data")
    if not resource.publish_date or not resource.table:
        raise Conflict("exchange.request.draft", "It is not published, or holds no data yet")
    if resource.sharing_type not in SHARED:
        raise Conflict(
            "exchange.request.not_shared", "Its owner does not share it: %(basis)s",
            basis=resource.sharing_basis or "—",
        )  # fmt: skip
    if resource.grade >= CORE:
        raise Conflict("exchange.request.core", "Core data is not handed out by this platform")


def _check(wanted: Wanted, items: Sequence[ItemInfo]) -> dict[str, str]:
    names = [item.name for item in items]
    _check_columns(wanted, names)
    if wanted.purpose_kind not in list_purposes():
        raise InvalidInput(
            "exchange.request.purpose", "Choose the kind of purpose", field="purpose_kind"
        )
    if wanted.method not in Method.values:
        raise InvalidInput(
            "exchange.request.method", "Choose how you want to get it", field="method"
        )
    if not today() < wanted.until <= today() + LONGEST:
        raise InvalidInput(
            "exchange.request.until",
            "The last day lies after today, and within three years",
            field="until",
        )
    if not 1 <= wanted.volume <= VOLUME:
        raise InvalidInput(
            "exchange.request.volume", "Say how many rows a month you need", field="volume"
        )
    return {
        "purpose": _words(wanted.purpose, "purpose", WORDS),
        "duty": _words(wanted.duty, "duty", WORDS),
        "row_filter": refuse_bad_filter(wanted.row_filter, names),
    }


def _check_columns(wanted: Wanted, names: Sequence[str]) -> None:
    if not wanted.columns:
        raise InvalidInput(
            "exchange.request.columns", "Choose the columns that you need", field="columns"
        )
    unknown = [one for one in (*wanted.columns, *wanted.clear) if one not in names]
    if unknown:
        raise InvalidInput(
            "exchange.request.column", "There is no column %(columns)s", columns=unknown,
            field="columns",
        )  # fmt: skip
    _check_masks(wanted)
    if not set(wanted.clear) <= set(wanted.columns):
        raise InvalidInput(
            "exchange.request.clear",
            "Only columns that you ask for can be asked unmasked",
            field="clear",
        )


def _check_masks(wanted: Wanted) -> None:
    masked = set(wanted.masks)
    if not masked <= set(wanted.columns) - set(wanted.clear):
        raise InvalidInput(
            "exchange.request.masks",
            "A mask is chosen for a column that you ask for, and not unmasked: %(columns)s",
            columns=sorted(masked), field="masks",
        )  # fmt: skip
    for mask in wanted.masks.values():
        standards.read_disguise(mask)


def _words(text: str, field: str, most: int) -> str:
    found = " ".join(text.split())
    if not SHORT <= len(found) <= most:
        raise InvalidInput("exchange.request.words", "Say it in a few words", field=field)
    return found


def _refuse_asked(actor: Actor, resource: Resource, wanted: Wanted) -> None:
    waiting = Request.objects.filter(
        resource=resource, organization=actor.organization, state=RequestState.WAITING
    )
    for one in waiting:
        if set(wanted.columns) == set(one.columns):
            raise Conflict(
                "exchange.request.asked", "Your department asks for this already, as %(number)s",
                number=one.number,
            )  # fmt: skip
    grant = None if wanted.anyway else find_answering(actor, resource.id, wanted)
    if grant:
        raise Conflict(
            "exchange.request.answered", "Your grant %(number)s gives this already",
            number=grant.request.number, grant=grant.id,
        )  # fmt: skip
