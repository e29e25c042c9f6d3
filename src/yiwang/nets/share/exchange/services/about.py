"""What the grants of an organization tell about one person or firm. 一站式查询。

Nothing is decided here: each grant answers as it answers everybody, so a number that a grant masks
finds nobody under it, and each look counts against that grant's rate and rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput, NotPermitted, YiwangError
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import WORDS, Grant
from yiwang.nets.share.exchange.types import Ask, Method

from .delivering import GrantedRows, look_granted
from .finding import get_terms_of, ref_of
from .keying import match_text, write_match
from .masking import PERSONS
from .permissions import USE

SALT = "share.exchange.about"
METHOD = "about"
SECTIONS = 50
"""Grants that are asked at once, the newest first. 一次查询的授权上限。"""
ROWS = 20
"""Rows of one grant. 每项授权的行数上限。"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom somebody asks about: a number, and the element that it is one of. 查询主体。"""

    number: str
    element: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one grant says of a subject, or why it says nothing. 单项授权的应答。"""

    grant: Grant
    found: GrantedRows | None = None
    refused: YiwangError | None = None


def ask_about(actor: Actor, number: str, purpose: str) -> tuple[Subject, list[Told]]:
    """What each live grant of the actor's organization tells of a person or firm. 一站式查询。

    InvalidInput for a number that is none, never repeating it, and without a purpose. The ledger
    holds a keyed hash of the number with each look. For holders of `share.grant.use`.
    """
    actor.require(USE)
    subject = read_subject(number)
    said = " ".join(purpose.split())
    if not 4 <= len(said) <= WORDS:
        raise InvalidInput(
            "exchange.about.purpose", "Say in 4 to %(most)s characters what you need it for",
            field="purpose", most=WORDS,
        )  # fmt: skip
    places = list_places(actor, subject.element)
    return subject, [_ask(actor, subject, said, *place) for place in places]


def read_subject(text: str) -> Subject:
    """A resident number or a credit code, of 18 characters, its check digit held. 识别主体代码。"""
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    for code in PERSONS:
        element = standards.find_element(code)
        if element and len(number) == 18 and not standards.check_value(element, number):
            return Subject(number, code)
    raise InvalidInput(
        "exchange.about.number",
        "This is neither a resident ID number nor a unified social credit code of 18 characters; its last characters may be mistyped",
        field="number",
    )


def list_places(actor: Actor, element: str) -> list[tuple[Grant, tuple[str, ...]]]:
    """The grants of the actor's organization that hold such numbers, and in which columns. 可查授权。"""
    rows = Grant.objects.filter(
        organization=actor.organization or "-", revoked_at=None, until__gte=today()
    )
    grants = rows.exclude(request__method=Method.CHECK).select_related("resource", "request")
    newest = list(grants.order_by("-created_at", "-id")[:SECTIONS])
    terms = get_terms_of(newest)
    places = [(one, _list_columns(one, terms[one.id].columns, element)) for one in newest]
    return [(grant, columns) for grant, columns in places if columns]


def hide_number(number: str) -> str:
    """What stands in the ledger for a number: the same for the same, and nothing else. 主体摘要。"""
    return salted_hmac(SALT, number, algorithm="sha256").hexdigest()


def _list_columns(grant: Grant, granted: Sequence[str], element: str) -> tuple[str, ...]:
    items = catalog.list_items(grant.resource_id)
    return tuple(one.name for one in items if one.effective == element and one.name in granted)


def _ask(
    actor: Actor, subject: Subject, purpose: str, grant: Grant, columns: Sequence[str]
) -> Told:
    ask = Ask(where=_write_filter(subject, columns), purpose=purpose)
    try:
        with ledger.acting(actor, "share.grant.about", on=ref_of(grant)) as act:
            found = look_granted(actor, grant.id, ask, limit=ROWS, method=METHOD)
            act.note(about=hide_number(subject.number), rows=len(found.page.rows))
    except YiwangError as error:
        return Told(grant, refused=_explain(error))
    return Told(grant, found)


def _explain(error: YiwangError) -> YiwangError:
    if error.code != "exchange.grant.masked_filter":
        return error
    return NotPermitted(
        "exchange.about.masked",
        "This grant masks the number, so nobody is found by it; ask for it unmasked where your duty needs it",
    )


def _write_filter(subject: Subject, columns: Sequence[str]) -> str:
    """The number however a register writes it: wide, with spaces, the last letter small."""
    sought = match_text("n", subject.element, subject.number)
    return " or ".join(f"{write_match(one, subject.element)} = '{sought}'" for one in columns)
