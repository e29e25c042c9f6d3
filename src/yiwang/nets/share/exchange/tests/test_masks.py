"""Masks that a grant names: in rows, files and bytes; who has to agree; what cannot be joined."""

from __future__ import annotations

import io

import pyarrow.parquet
import pytest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files.models import ResourceKey
from yiwang.kernel.workflow.models import Task
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import Grant, Request, Terms
from yiwang.nets.share.exchange.services import Refusal
from yiwang.nets.share.exchange.types import Ask

from .test_pages import FORM, page
from .town import NUMBERS, make_town

pytestmark = pytest.mark.django_db
BOTH = ("身份证号", "街道")


def rows_of(town, grant):
    found = services.look_granted(town.people["reader"], grant.id)
    return [cells for _, cells in found.page.rows]


def test_a_token_tells_people_apart_and_says_nothing(town):
    grant = town.grant(columns=BOTH, masks={"身份证号": "token"})

    tokens = [cells[0] for cells in rows_of(town, grant)]

    assert len(set(tokens)) == 3
    assert tokens == [cells[0] for cells in rows_of(town, grant)]
    assert all(len(token) == 32 and token not in NUMBERS for token in tokens)


def test_tokens_of_two_grants_cannot_be_joined(town):
    first = town.grant(columns=BOTH, masks={"身份证号": "token"})
    second = town.grant(columns=BOTH, masks={"身份证号": "token"}, anyway=True)

    assert first.id != second.id
    assert not {cells[0] for cells in rows_of(town, first)} & {
        cells[0] for cells in rows_of(town, second)
    }


def test_no_byte_of_a_file_is_what_the_mask_hides(town):
    grant = town.grant(columns=("姓名", *BOTH), masks={"身份证号": "token", "街道": "prefix:1"})

    for ending in ("csv", "parquet", "xlsx"):
        with services.open_granted(town.people["reader"], grant.id, ending=ending).stream as file:
            data = file.read()
        assert not any(number.encode() in data for number in NUMBERS)
        if ending == "parquet":
            table = pyarrow.parquet.read_table(io.BytesIO(data))
            assert set(table["街道"].to_pylist()) == {"东", "西"}


def test_the_page_and_the_file_show_the_same(town):
    grant = town.grant(columns=BOTH, masks={"身份证号": "token"})

    with services.open_granted(town.people["reader"], grant.id, ending="parquet").stream as file:
        table = pyarrow.parquet.read_table(file)

    assert list(zip(*(table[name].to_pylist() for name in BOTH), strict=True)) == rows_of(
        town, grant
    )


@pytest.mark.parametrize(
    ("masks", "second"), [({"身份证号": "token"}, False), ({"身份证号": "null"}, False),
                          ({"身份证号": "prefix:17"}, True), ({"街道": "prefix:1"}, False)],
)  # fmt: skip
def test_who_has_to_agree(town, masks, second):
    request = town.ask(columns=BOTH, masks=masks)

    town.decide("owner", request, "agree")

    assert Task.objects.get(status="open").node == ("second" if second else "bureau")


@pytest.mark.parametrize(("mask", "state"), [("token", "granted"), ("prefix:6", "waiting")])
def test_what_shows_more_than_usual_is_never_granted_unasked(mask, state):
    town = make_town("unconditional")

    request = town.ask(columns=BOTH, masks={"身份证号": mask}, purpose_kind="identity")

    assert request.beyond == []
    assert request.state == state


@pytest.mark.parametrize(
    "said",
    [{"masks": {"身份证号": "rot13"}}, {"masks": {"姓名": "token"}},
     {"masks": {"身份证号": "token"}, "clear": ("身份证号",)}],
)  # fmt: skip
def test_masks_that_make_no_sense_are_refused(town, said):
    with pytest.raises(InvalidInput):
        town.ask(columns=BOTH, **said)
    assert not Request.objects.exists()


def test_rows_are_not_chosen_by_what_is_masked(town):
    grant = town.grant(columns=BOTH, masks={"街道": "token"})

    found = services.decide(town.people["reader"], grant.id, Ask((), "街道 = '东湖'"))

    assert isinstance(found, Refusal)
    assert found.code == "exchange.grant.masked_filter"


def test_a_grant_with_other_masks_does_not_answer(town):
    town.grant(columns=BOTH)

    assert town.ask(columns=BOTH, masks={"身份证号": "token"}).state == "waiting"


def test_narrowing_keeps_the_masks_and_revoking_destroys_the_key(town):
    grant = town.grant(columns=("姓名", *BOTH), masks={"身份证号": "token", "街道": "token"})
    before = rows_of(town, grant)
    owner = town.people["owner"]
    terms = services.get_terms(grant)
    left = services.Narrower(BOTH, terms.until, terms.quota)

    services.narrow_grant(owner, grant.id, left, reason="无需姓名")
    assert rows_of(town, grant) == [cells[1:] for cells in before]
    services.revoke_grant(owner, grant.id, reason="用途已变")

    assert Terms.objects.latest("number").masks == {"身份证号": "token", "街道": "token"}
    assert ResourceKey.objects.get(pk=grant.mask_key).destroyed_at


def test_masks_are_chosen_on_the_form_and_told_on_the_grant(town):
    asker = town.client("asker")
    address = f"/exchange/ask/{town.resource.id}/"
    body = page(asker, address)
    assert 'name="how-1"' in body

    said = FORM | {"columns": list(BOTH), "how-1": "token", "how-2": ""}
    assert asker.post(address, said | {"how-1": "rot13"}).status_code == 422
    assert asker.post(address, said).status_code == 302

    request = Request.objects.get()
    assert (request.columns, request.masks, request.clear) == (
        list(BOTH),
        {"身份证号": "token"},
        [],
    )
    for who, action in (("owner", "agree"), ("bureau", "grant")):
        town.decide(who, request, action)
    assert "代号" in page(asker, f"/exchange/grants/{Grant.objects.get().id}/")
