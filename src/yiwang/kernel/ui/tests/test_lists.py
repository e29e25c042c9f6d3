"""Lists: filters, order, paging by key, export."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ui.lists import (
    Column,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    build_list,
    render_list,
)
from yiwang.kernel.ui.lists.keyset import read_cursor, write_cursor
from yiwang.kernel.ui.tests.counting import assert_constant_queries

START = datetime(2026, 1, 1, tzinfo=UTC)
SPEC = ListSpec(
    "sessions",
    columns=[
        Column("session_key", "Key", sort="session_key", link=lambda row: f"/{row.session_key}/"),
        Column("expire_date", "Ends", kind="datetime", sort="expire_date"),
        Column("data", "Data", value=lambda row: row.session_data),
    ],
    filters=[
        Filter("data", "Data", choices=[("a", "A"), ("b", "B")], lookup="session_data"),
        Filter("since", "Since", kind="date", lookup="expire_date__date__gte"),
    ],
    search=["session_key"],
    order=["-expire_date"],
    page_size=10,
    export="sessions",
)


@pytest.fixture
def rows(db):
    """35 rows, five to a moment, so that the order needs its last key."""
    Session.objects.bulk_create(
        Session(
            session_key=f"key-{number:02}",
            session_data="ab"[number % 2],
            expire_date=START + timedelta(days=number // 5),
        )
        for number in range(35)
    )
    return Session.objects.all()


def get(path: str = "/list/"):
    return RequestFactory().get(path)


def keys(listing) -> list[str]:
    return [row[0].text for row in listing.rows]


def walk(rows, path: str) -> list[list[str]]:
    pages = []
    while path:
        listing = build_list(get(path), SPEC, rows)
        pages.append(keys(listing))
        path = listing.next_url
    return pages


def test_pages_follow_each_other_without_gap_or_repeat(rows) -> None:
    pages = walk(rows, "/list/")

    assert [len(page) for page in pages] == [10, 10, 10, 5]
    assert len({key for page in pages for key in page}) == 35
    assert pages[0][0] == "key-34"


def test_rows_that_come_and_go_meanwhile_move_no_page(rows) -> None:
    first = build_list(get(), SPEC, rows)
    expected = keys(build_list(get(first.next_url), SPEC, rows))
    Session.objects.create(
        session_key="new", session_data="a", expire_date=START.replace(year=2027)
    )
    Session.objects.filter(session_key=keys(first)[0]).delete()

    assert keys(build_list(get(first.next_url), SPEC, rows)) == expected


def test_filters_search_and_order_stay_in_the_address(rows) -> None:
    pages = walk(rows, "/list/?data=a&q=key&sort=session_key")
    flat = [key for page in pages for key in page]

    assert flat == [f"key-{number:02}" for number in range(0, 35, 2)]


def test_a_date_that_is_none_is_said_and_filters_nothing(rows) -> None:
    listing = build_list(get("/list/?since=soon"), SPEC, rows)

    assert listing.form.errors
    assert len(listing.rows) == 10


def test_a_made_up_place_in_the_list_is_refused(rows) -> None:
    for place in ("!!", write_cursor([1]), write_cursor(["not a date", "x"])):
        with pytest.raises(InvalidInput) as refusal:
            build_list(get(f"/list/?after={place}"), SPEC, rows)
        assert refusal.value.code == "ui.list.cursor"


def test_nothing_is_counted_and_queries_stay_the_same(rows) -> None:
    assert_constant_queries(
        "ui.sessions",
        lambda: build_list(get(), SPEC, rows),
        lambda: Session.objects.bulk_create(
            Session(session_key=f"more-{number}", session_data="a", expire_date=START)
            for number in range(50)
        ),
    )


def test_rows_whose_order_is_null_come_last_and_once(db) -> None:
    spec = ListSpec("none", columns=[Column("model", "Model")], order=["app_label"], page_size=3)
    found, path = [], "/list/"

    while path:
        listing = build_list(get(path), spec, ContentType.objects.all())
        found += [row[0].text for row in listing.rows]
        path = listing.next_url

    assert len(found) == ContentType.objects.count()


def test_the_file_holds_every_row_and_no_formula(rows) -> None:
    Session.objects.create(session_key="=1+1", session_data="a", expire_date=START)

    answer = render_list(get("/list/?format=csv&data=a"), SPEC, rows)
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))

    assert len(lines) == 1 + 18 + 1
    assert lines[-1][0] == "'=1+1"


def test_a_provider_gets_what_the_address_says(db) -> None:
    asked: list[ListQuery] = []

    def provide(query: ListQuery) -> ListSlice:
        asked.append(query)
        return ListSlice([{"name": "民政局", "state": Light("Yes", "green")}], after=["x", 7])

    spec = ListSpec(
        "p",
        columns=[Column("name", "Name"), Column("state", "State", kind="light")],
        search=["name"],
    )
    first = build_list(get("/list/?q=民政"), spec, provide)
    build_list(get(first.next_url), spec, provide)

    assert (asked[0].search, asked[0].after, asked[0].limit) == ("民政", None, 50)
    assert asked[1].after == ["x", 7]
    assert first.rows[0][1].color == "green"


def test_two_lists_on_one_page_keep_apart(rows) -> None:
    request = get("/list/?a_data=a&b_data=b")

    left = build_list(request, SPEC, rows, prefix="a_")
    right = build_list(request, SPEC, rows, prefix="b_")

    assert not set(keys(left)) & set(keys(right))
    assert left.id != right.id


@given(st.lists(st.none() | st.text() | st.integers() | st.floats(allow_nan=False), max_size=4))
def test_a_place_in_a_list_survives_the_address(key) -> None:
    assert read_cursor(write_cursor(key)) == key
