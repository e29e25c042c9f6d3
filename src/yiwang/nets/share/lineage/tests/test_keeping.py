"""The platform tells its own lineage, column by column, as things happen; and all of it anew."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.lineage import services
from yiwang.nets.share.lineage.models import Edge

pytestmark = pytest.mark.django_db
FILE = "姓名,身份证号码,街道\n赵钱孙,990103197201050021,东湖\n"


def direct(source, target, masking=False):
    return (source, target, "DIRECT", masking)


def test_columns_of_a_file_become_columns_of_the_resource_as_the_mapping_says(
    send, edges, resource_of
):
    landed = send(FILE, names={"身份证号码": "证号"}, left_out=("街道",))
    code = resource_of(landed).code

    assert edges() == {
        direct(f"files/{code}.姓名", f"{code}.姓名"),
        direct(f"files/{code}.身份证号码", f"{code}.证号"),
    }


def test_what_a_withdrawn_delivery_said_holds_no_longer(town, send, edges, resource_of):
    code = resource_of(send("甲,乙\n1,2\n")).code
    second = send("甲,丙\n1,2\n", waived=("drift",))
    assert {b for _, b, _, _ in edges()} == {f"{code}.甲", f"{code}.丙"}

    connect.withdraw_delivery(town.people["bureau"], second.id, reason="发错了")
    run_due()

    assert {b for _, b, _, _ in edges()} == {f"{code}.甲", f"{code}.乙"}
    assert Edge.objects.exclude(ended_at=None).count() == 1


def test_a_grant_is_told_with_its_masks_and_what_it_chooses_rows_by(town, edges):
    grant = town.grant(columns=("姓名", "街道"), row_filter="状态 = '在业'")
    run_due()
    code, number = town.resource.code, grant.request.number

    assert edges() == {
        direct(f"{code}.姓名", f"grants/{number}.姓名", masking=True),
        direct(f"{code}.街道", f"grants/{number}.街道"),
        (f"{code}.状态", f"grants/{number}.", "INDIRECT", False),
    }


def test_a_narrowed_grant_ends_edges_and_a_revoked_one_all(town, edges):
    grant = town.grant()
    left = exchange.Narrower(("街道",), grant.until, 50)
    exchange.narrow_grant(town.people["owner"], grant.id, left, reason="只需街道")
    run_due()
    assert len(edges()) == 1

    exchange.revoke_grant(town.people["owner"], grant.id, reason="用途已变")
    run_due()
    assert edges() == set()


def test_what_is_found_to_be_personal_later_is_masked_in_lineage_too(town, edges):
    grant = town.grant(columns=("街道",))
    run_due()
    assert edges(masking=True) == set()

    catalog.bind_elements(town.people["owner"], grant.resource_id, {"街道": "address"})
    run_due()

    assert len(edges(masking=True)) == 1


def test_a_comparison_is_told_with_the_columns_that_it_reads(town, edges):
    from yiwang.nets.share.exchange.tests.town import register

    other = register(town.people["bureau"], "conditional", name="另一名册")
    done = compare.run_comparison(
        town.people["owner"], left=town.resource.id, right=other.id,
        keys=["身份证号 = 身份证号"], values=["姓名 = 姓名"],
    )  # fmt: skip
    run_due()

    assert {a for a, b, _, _ in edges() if b.startswith(f"comparisons/{done.id}")} == {
        f"{one.code}.{name}" for one in (town.resource, other) for name in ("身份证号", "姓名")
    }


def test_rebuilt_from_nothing_it_is_the_same_and_rebuilt_twice_too(town, send, edges):
    send(FILE, names={"身份证号码": "证号"})
    send(FILE + "周吴郑,990103198503020038,西湖\n", names={"身份证号码": "证号"})
    town.grant(row_filter="状态 = '在业'")
    run_due()
    known = edges()
    first = set(Edge.objects.values_list("source", "target", "first_at"))

    Edge.objects.all().delete()
    for _ in range(2):
        told = services.rebuild(town.people["bureau"])
        assert edges() == known
        assert told["edges"] == len(known)
    assert set(Edge.objects.values_list("source", "target", "first_at")) == first
    assert Edge.objects.count() == len(known)


def test_only_those_rebuild_it_who_may(town):
    with pytest.raises(NotPermitted):
        services.rebuild(town.people["owner"])
