"""Search finds exactly what holds the text, titles first, and only what may be seen."""

# ruff: noqa: RUF001

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.search import services
from yiwang.kernel.search.engines import words_index
from yiwang.kernel.search.models import SearchEntry
from yiwang.kernel.search.words import CHUNK, fold

pytestmark = pytest.mark.django_db

titles = st.lists(
    st.text("低保人员信息医疗险老年ab12，（ /一丁𠀀", min_size=1, max_size=12),
    min_size=3,
    max_size=8,
)
queries = st.text("低保人员信息医疗险老年一丁𠀀", min_size=1, max_size=4)


def put(*pairs, **more):
    for number, pair in enumerate(pairs):
        title, body = pair if isinstance(pair, tuple) else (pair, "")
        services.index_entry(kind="thing", id=f"t{number}", title=title, body=body, **more)


def found(text, **more):
    return [hit.title for hit in services.search(text, limit=100, **more).hits]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(titles, titles, queries)
def test_han_text_is_found_exactly_where_it_is_a_substring(heads, bodies, query):
    SearchEntry.objects.all().delete()
    texts = list(zip(heads, bodies, strict=False))
    put(*texts)

    assert len(found(query)) == sum(query in head or query in body for head, body in texts)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.text("低保人2024abＡ１-", min_size=1, max_size=12), min_size=3, max_size=6),
    st.data(),
)
def test_mixed_text_cut_at_a_word_is_always_found(heads, data):
    SearchEntry.objects.all().delete()
    put(*heads)
    chunk = data.draw(st.sampled_from([c for h in heads for c in CHUNK.findall(fold(h))] or ["低"]))
    query = chunk[: data.draw(st.integers(1, len(chunk)))]

    assert {h for h in heads if fold(h).startswith(query)} <= set(found(query))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_breaks_the_query(text):
    services.search(text)
    services.search('"' + text + "\" OR title:* NEAR( ' & | ! :A")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("低保", "低保人员信息"),
        ("ＧＢ／Ｔ ２２６０", "GB/T 2260 行政区划代码"),
        ("gb/t 22", "GB/T 2260 行政区划代码"),
        ("2024年", "2024年度低收入家庭"),
        ("D2143", "机构 D2143569X"),
        ("医", "基本医疗"),
        ("疗", "基本医疗"),
        ("医疗 基本", "基本医疗"),
    ],
)
def test_query_finds(query, title):
    put(title, "别的东西")

    assert found(query) == [title]


def test_words_apart_are_no_phrase():
    put("医院保安")

    assert found("医保") == []
    assert found("院保") == ["医院保安"]


def test_an_entry_with_the_words_in_its_title_comes_before_one_with_them_often_in_its_body():
    put(("其他", "低保 " * 40), ("低保人员", "一二三四五六七八九十" * 30))

    assert found("低保") == ["低保人员", "其他"]


def test_marked_pieces_join_to_the_text_and_name_what_was_searched():
    put(("２０２４年低保", "前" * 200 + "低保对象" + "后" * 200))

    hit = services.search("2024年低保").hits or services.search("低保").hits
    pieces = hit[0].title_pieces
    snippet = services.search("低保").hits[0].snippet

    assert "".join(piece.text for piece in pieces) == "２０２４年低保"
    assert any(piece.found for piece in pieces)
    assert [piece.text for piece in snippet if piece.found] == ["低保"]
    assert snippet[0].text == snippet[-1].text == "…"


def test_an_actor_finds_what_is_public_and_what_is_in_reach():
    services.index_entry(kind="r", id="1", title="低保 甲", organization="mz")
    services.index_entry(kind="r", id="2", title="低保 乙", organization="rs")
    services.index_entry(kind="r", id="3", title="低保 丙", organization="rs", public=True)
    own = Actor("a", "mz", permissions={"look": "own"}, organizations=frozenset({"mz"}))
    everything = Actor("b", permissions={"look": "all"})

    assert set(found("低保", actor=own, permission="look")) == {"低保 甲", "低保 丙"}
    assert found("低保", actor=Actor("c"), permission="look") == ["低保 丙"]
    assert len(found("低保", actor=everything, permission="look")) == 3
    assert len(found("", actor=own, permission="look")) == 2


def test_facets_narrow_and_are_counted():
    services.index_entry(
        kind="r", id="1", title="低保", organization="mz", facets={"stage": "live"}
    )
    services.index_entry(
        kind="r", id="2", title="低保", organization="rs", facets={"stage": "draft"}
    )
    services.index_entry(
        kind="e", id="3", title="低保", organization="rs", facets={"stage": "live"}
    )

    counts = services.count_facets("低保", names=["stage", "kind", "organization"])

    assert len(found("低保", filters={"stage": "live"})) == 2
    assert len(found("低保", filters={"stage": "live", "organization": "mz"})) == 1
    assert len(found("低保", kind="r")) == 2
    assert [(c.name, c.value, c.count) for c in counts] == [
        ("stage", "live", 2), ("stage", "draft", 1), ("kind", "r", 2), ("kind", "e", 1),
        ("organization", "rs", 2), ("organization", "mz", 1),
    ]  # fmt: skip


def test_indexing_again_replaces_and_removing_removes():
    put("低保")
    put("医保")

    assert found("低保") == []
    assert found("医保") == ["医保"]
    services.remove_entry(kind="thing", id="t0")
    services.remove_entry(kind="thing", id="t0")
    assert found("医保") == []


def test_an_index_row_is_gone_with_the_change_that_was_rolled_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        put("低保")
        raise RuntimeError

    assert found("低保") == []


def test_pages_follow_each_other_without_gap_or_repeat():
    put(*(f"低保 {number}" for number in range(25)))

    seen, after = [], ""
    while True:
        page = services.search("低保", limit=10, after=after)
        seen += [hit.id for hit in page.hits]
        after = page.after
        if not after:
            break

    assert len(seen) == len(set(seen)) == 25


def test_a_page_that_no_page_named_is_refused():
    with pytest.raises(InvalidInput):
        services.search("低保", after="'; --")


def test_many_hits_are_paged_titles_first_and_newest_first(monkeypatch):
    monkeypatch.setattr(services, "RANK_REACH", 5)
    put(*(("其他", "低保") if number % 3 else f"低保 {number}" for number in range(24)))

    seen, after = [], ""
    while True:
        page = services.search("低保", limit=7, after=after)
        seen += [int(hit.id[1:]) for hit in page.hits]
        after = page.after
        if not after:
            break

    titled = [number for number in range(23, -1, -1) if number % 3 == 0]
    assert seen == titled + [number for number in range(23, -1, -1) if number % 3]


@pytest.mark.parametrize(
    "query", ["ylbx", "yiliao", "yiliaobaoxian", "baox", "bx", "YLBX", "yiliao dj", "2024 ylbx"]
)
def test_a_title_is_found_by_its_pinyin(query):
    put("2024年医疗保险 登记", "养老金")

    assert found(query) == ["2024年医疗保险 登记"]


@pytest.mark.parametrize("query", ["l", "xy", "iliao", "liaoyi", "ㅇyl"])
def test_what_is_not_its_pinyin_does_not_find_a_title(query):
    put("医疗保险")

    assert found(query) == []


def test_a_city_has_its_own_readings():
    put("重庆路街道")

    assert found("chongqinglu") == found("cql") == ["重庆路街道"]


def test_a_synonym_finds_what_is_written_otherwise():
    put("基本医疗保险参保登记", "医保发放", "医院")
    services.add_synonyms(engineer(), "发放、支付")

    assert set(found("医保")) == {"基本医疗保险参保登记", "医保发放"}
    assert found("医保支付") == found("医疗保险支付") == ["医保发放"]
    pieces = services.search("医保").hits
    assert any(
        p.found and p.text in ("医疗保险", "基本医疗保险") for h in pieces for p in h.title_pieces
    )


def test_a_synonym_taken_out_counts_no_more():
    put("甲乙丙")
    group = services.add_synonyms(engineer(), "丁戊 甲乙")
    assert found("丁戊丙") == ["甲乙丙"]

    services.remove_synonyms(engineer(), group.id)

    assert found("丁戊丙") == []
    assert services.list_synonyms() == []


@pytest.mark.parametrize(
    "text", ["", "医保", "医 保", "，、", " ".join(f"词{n}" for n in range(30))]
)
def test_what_is_no_group_of_words_is_refused(text):
    with pytest.raises(InvalidInput) as refused:
        services.add_synonyms(engineer(), text)

    assert refused.value.code == "search.synonyms.words"


def test_only_who_may_enters_synonyms():
    with pytest.raises(NotPermitted):
        services.add_synonyms(Actor("b"), "医保 医疗保险")


def engineer():
    return Actor("a", permissions={"search.synonyms.edit": "all"})


def test_rebuilding_finds_the_same():
    put("低保", ("医保", "低保"))
    before = found("低保")

    assert services.rebuild_index() == 2
    assert found("低保") == before


def test_a_search_asks_four_queries_however_many_it_finds(django_assert_num_queries):
    put(*(f"低保 {number}" for number in range(30)))

    with django_assert_num_queries(4):  # synonyms, how many, which, their entries
        services.search("低保", limit=30)


def test_entries_that_came_without_words_get_them_after_migrating():
    put("低保")
    words_index().clear()
    assert found("低保") == []

    call_command("migrate", verbosity=0)

    assert found("低保") == ["低保"]
