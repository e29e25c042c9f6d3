"""What leaves under a grant, and what does not: columns, rows, masks, time, quota, rate."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import settings as sized
from hypothesis import strategies as st

from yiwang.kernel.base.clock import now, today, use_time
from yiwang.kernel.base.errors import Conflict, NotFound, NotPermitted, TooMany, YiwangError
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.ledger.models import ReadRow
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.models import DeliveryOut, Terms
from yiwang.nets.share.exchange.services import Plan, Refusal
from yiwang.nets.share.exchange.types import WHOLE, Ask

from .town import NUMBERS, ROWS

pytestmark = pytest.mark.django_db


def refused(actor, grant, ask=WHOLE) -> str:
    found = services.decide(actor, grant.id, ask)
    assert isinstance(found, Refusal), found
    return found.code


def test_a_plan_has_the_granted_columns_masked_and_no_more(town):
    grant = town.grant(columns=("姓名", "身份证号", "街道"), clear=("姓名",))

    plan = services.decide(town.people["asker"], grant.id)

    assert isinstance(plan, Plan)
    assert plan.columns == ("姓名", "身份证号", "街道")
    assert plan.masks == {"身份证号": "resident_id"}
    assert plan.personal == {"姓名", "身份证号"}


def test_rows_are_those_of_the_grant_in_every_spelling(town):
    grant = town.grant(columns=("姓名", "街道"), row_filter="街道 = '东湖'")
    reader = town.people["reader"]

    def streets(where=""):
        found = services.look_granted(reader, grant.id, Ask(("街道",), where))
        return [cells for _, cells in found.page.rows]

    assert streets() == [("东湖",), ("东湖",)]
    assert streets("街道 = '西湖'") == []
    assert streets("街道 = '东湖' or 街道 = '西湖'") == [("东湖",), ("东湖",)]
    assert streets("not 街道 = '东湖'") == []


@given(text=st.text(max_size=40) | st.sampled_from([
    "街道 = '西湖' or 1 = 1", "true", "not false", "街道 is null or 街道 is not null", "1 = 1",
    "街道 != ''", "街道 in ('西湖', '东湖')", "upper(街道) = '西湖'", "街道 between '' and '龥'",
]))  # fmt: skip
@sized(max_examples=60, deadline=None)
def test_no_filter_leaves_the_grant(text):
    plan = LEAVING["decide"](text)
    if isinstance(plan, Refusal):
        assert plan.error.status in (403, 422), plan.error
    else:
        assert LEAVING["rows"](plan) <= {"东湖"}


LEAVING = {}


@pytest.fixture(autouse=True)
def leaving(request, db):
    """The filters above are tried against one grant, in one transaction."""
    if request.node.originalname == "test_no_filter_leaves_the_grant":
        from .town import make_town

        town = make_town()
        grant = town.grant(columns=("姓名", "街道"), row_filter="街道 = '东湖'")
        Terms.objects.update(rate=10_000, quota=10_000)
        reader = town.people["reader"]

        def rows(plan):
            from yiwang.kernel.pool import services as pool
            from yiwang.kernel.query import services as query

            compiled = query.compile(plan.where, "duckdb")
            page = pool.list_rows(
                plan.version.id, columns=("街道",), where=compiled.sql,
                parameters=list(compiled.params),
            )  # fmt: skip
            return {cells[0] for _, cells in page.rows}

        LEAVING["decide"] = lambda text: services.decide(reader, grant.id, Ask((), text))
        LEAVING["rows"] = rows


def test_masked_columns_choose_no_rows(town):
    grant = town.grant()
    reader = town.people["reader"]

    assert refused(reader, grant, Ask((), "姓名 startswith '赵'")) == "exchange.grant.masked_filter"
    assert refused(reader, grant, Ask((), "状态 = '在业'")).startswith("query.")
    assert refused(reader, grant, Ask(("状态",))) == "exchange.grant.column"


@pytest.mark.parametrize("name", ["owner", "chief", "bureau", "stranger"])
def test_a_grant_is_used_by_its_organization_only(town, name):
    grant = town.grant()

    assert refused(town.people[name], grant) in ("exchange.grant.missing", "permission.denied")


def test_it_ends_on_its_day_and_by_revocation_at_once(town):
    grant = town.grant()
    reader = town.people["reader"]
    evidence.sequence()
    with use_time(now() + timedelta(days=90)):
        assert isinstance(services.decide(reader, grant.id), Plan)
    with use_time(now() + timedelta(days=91)):
        assert refused(reader, grant) == "exchange.grant.expired"
    with use_time(now() - timedelta(days=2)):
        assert refused(reader, grant) == "exchange.grant.early"

    services.revoke_grant(town.people["owner"], grant.id, reason="用途已变")

    assert refused(reader, grant) == "exchange.grant.revoked"
    with pytest.raises(NotPermitted, match="用途已变"):
        services.look_granted(reader, grant.id)
    for name in ("asker", "stranger"):
        with pytest.raises((NotPermitted, NotFound)):
            services.revoke_grant(town.people[name], grant.id, reason="试试看看")


def test_the_deny_list_goes_first_and_can_be_lifted(town):
    grant = town.grant()
    reader, owner, bureau = (town.people[one] for one in ("reader", "owner", "bureau"))

    line = services.deny(owner, "D02", resource_id=town.resource.id, reason="转给第三方")
    assert refused(reader, grant) == "exchange.denied"
    with pytest.raises(NotPermitted):
        town.ask(columns=("状态",))
    services.lift_denial(owner, line.id, reason="已经整改")
    assert isinstance(services.decide(reader, grant.id), Plan)

    with pytest.raises(NotPermitted):
        services.deny(owner, "D02", reason="全部禁止")
    services.deny(bureau, "D02", reason="全部禁止")
    assert refused(reader, grant) == "exchange.denied"
    assert services.visible_denials(owner).count() == 1


@pytest.mark.parametrize("changed", [{"stage": "retired"}, {"sharing_type": "none"}])
def test_what_is_shared_no_longer_is_handed_out_no_longer(town, changed):
    grant = town.grant()
    Resource.objects.update(**changed)

    assert refused(town.people["reader"], grant) == "exchange.resource.closed"


def test_personal_data_found_after_the_grant_is_masked_from_then_on(town):
    grant = town.grant()
    Item.objects.filter(name="街道").update(element="address")

    plan = services.decide(town.people["reader"], grant.id)

    assert "街道" in plan.masks


def test_the_quota_is_used_up_and_starts_anew_with_the_month(town):
    grant = town.grant(volume=4)
    reader = town.people["reader"]
    services.look_granted(reader, grant.id)
    with pytest.raises(TooMany):
        services.open_granted(reader, grant.id, ending="csv")  # three rows, one is left
    assert len(services.look_granted(reader, grant.id).page.rows) == 1

    assert refused(reader, grant) == "exchange.grant.quota"
    evidence.sequence()
    with use_time((now().replace(day=1) + timedelta(days=40)).replace(day=2)):
        assert isinstance(services.decide(reader, grant.id), Plan)


def test_the_rate_says_when_to_try_again(town):
    grant = town.grant()
    Terms.objects.update(rate=2)
    reader = town.people["reader"]
    for _ in range(2):
        services.look_granted(reader, grant.id, Ask(("街道",)))

    found = services.decide(reader, grant.id)

    assert found.code == "exchange.grant.rate"
    assert 0 < found.error.extra["seconds"] <= 61
    with use_time(now() + timedelta(seconds=61)):
        assert isinstance(services.decide(reader, grant.id), Plan)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_file_holds_the_granted_bytes_only(town, ending):
    grant = town.grant(columns=("姓名", "身份证号"), row_filter="街道 = '东湖'")

    found = services.open_granted(town.people["reader"], grant.id, ending=ending)

    with found.stream:
        data = found.stream.read()
    if ending == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b"".join(book.read(one) for one in book.namelist())
    for secret in (*NUMBERS, ROWS[0][0], ROWS[2][0], "状态", "在业", "西湖"):
        assert secret.encode() not in data
    if ending == "parquet":
        table = pyarrow.parquet.read_table(io.BytesIO(data))
        assert table.column_names == ["姓名", "身份证号"]
        assert table.num_rows == 2
        assert not any(str(cell) in NUMBERS for cell in table.column(1).to_pylist())
    out = DeliveryOut.objects.get()
    assert (out.rows, out.state, out.method) == (2, "done", ending)


def test_each_look_at_personal_data_leaves_a_read_row_with_the_purpose(town):
    grant = town.grant(columns=("姓名", "街道"), clear=("姓名",))

    services.look_granted(town.people["reader"], grant.id)

    row = ReadRow.objects.get(object_id=town.resource.id)
    assert (row.purpose, row.columns, row.rows, row.unmasked) == ("走访困难家庭", ["姓名"], 3, True)


def test_a_file_that_fails_or_is_revoked_meanwhile_counts_nothing(town, monkeypatch):
    from yiwang.nets.share.exchange.services import delivering

    grant = town.grant()
    reader = town.people["reader"]

    def revoke(plan, target):
        services.revoke_grant(town.people["owner"], grant.id, reason="发现越权")
        target.write_bytes(b"x")

    monkeypatch.setattr(delivering, "_write", revoke)
    with pytest.raises(NotPermitted):
        services.open_granted(reader, grant.id, ending="csv")

    assert DeliveryOut.objects.get().state == "failed"


def test_the_last_row_of_a_quota_and_the_last_request_of_a_minute_still_leave(town):
    grant = town.grant(volume=3)
    Terms.objects.update(rate=1)

    services.open_granted(town.people["reader"], grant.id, ending="csv").stream.close()

    assert DeliveryOut.objects.get().state == "done"


@pytest.mark.parametrize("way", ["page", "csv"])
def test_what_is_narrowed_while_rows_are_read_does_not_leave(town, monkeypatch, way):
    from yiwang.nets.share.exchange.services import delivering

    grant = town.grant()
    reader, owner = town.people["reader"], town.people["owner"]
    place = "hand_out" if way == "page" else "_write"
    plain = getattr(delivering, place)

    def narrow(*args, **named):
        less = services.Narrower(("街道",), today() + timedelta(days=9), 50)
        services.narrow_grant(owner, grant.id, less, reason="只需街道")
        return plain(*args, **named)

    monkeypatch.setattr(delivering, place, narrow)
    with pytest.raises(Conflict) as told:
        if way == "page":
            services.look_granted(reader, grant.id)
        else:
            services.open_granted(reader, grant.id, ending=way)

    assert told.value.code == "exchange.grant.narrowed"


def test_a_row_filter_over_a_column_that_is_gone_is_said(town):
    grant = town.grant(row_filter="状态 = '在业'")
    Terms.objects.update(row_filter="旧列 = '1'")

    assert refused(town.people["reader"], grant) == "exchange.grant.changed"


def test_the_default_is_no(town):
    for name, actor in town.people.items():
        found = services.decide(actor, "abc234:01J0000000000000000000000Z")
        assert isinstance(found, Refusal), name
        assert isinstance(found.error, YiwangError)


def test_a_column_that_is_gone_is_said(town):
    grant = town.grant()
    Terms.objects.update(columns=["姓名", "旧列"])

    assert refused(town.people["reader"], grant) == "exchange.grant.changed"
    assert today() <= grant.until
