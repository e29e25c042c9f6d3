"""Returned workbooks as clerks make them: sorted, shortened, widened, saved by other programs, twice."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import threading

import openpyxl
import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import NoticeReturn
from yiwang.nets.share.quality.services import returning
from yiwang.nets.share.quality.services.returned import read_answer, read_number, read_returned

from .conftest import fill, to_bytes
from .test_notices import CORRECT, rows_now

pytestmark = pytest.mark.django_db


def read(book, tmp_path, name="回执.xlsx"):
    path = tmp_path / "file"
    path.write_bytes(to_bytes(book).getvalue())
    return read_returned(path, name)


def said(returned):
    return {(one.number, one.answer, one.value, one.reason) for one in returned.given if one.answer}


def mangle(book, seed, *, drop):
    """Sort, drop lines, put columns between, put a line of words above: as clerks do."""
    rng = random.Random(seed)
    old = book["低保名册"]
    rows = [[cell.value for cell in row] for row in old.iter_rows()]
    head, body = rows[0], rows[1:]
    rng.shuffle(body)
    body = body[drop:] if drop < len(body) else body[-1:]
    order = list(range(len(head)))
    rng.shuffle(order)
    place = rng.randrange(len(order))
    page = book.create_sheet("低保名册2", 0)
    if rng.random() < 0.5:
        page.append(["请各科室核对"])
    for row in [head, *body]:
        cells = [row[at] for at in order]
        cells.insert(place, "备注" if row is head else "已看")
        page.append(cells)
    del book["低保名册"]
    return {int(row[head.index("编号 ID")]) for row in body}


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), drop=st.integers(0, 3))
def test_answers_survive_what_clerks_do(book, tmp_path, seed, drop):
    out = to_bytes(fill(book, CORRECT))
    whole = said(read(openpyxl.load_workbook(out), tmp_path))
    changed = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    left = mangle(changed, seed, drop=drop)

    found = read(changed, tmp_path)

    assert said(found) == {one for one in whole if one[0] in left}
    assert found.missing == 5 - len(left)
    assert found.troubles == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_answers_survive_another_office(book, tmp_path, ending):
    source = tmp_path / "in" / "整改单.xlsx"
    source.parent.mkdir()
    source.write_bytes(to_bytes(fill(book, CORRECT)).getvalue())
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         ending, "--outdir", str(tmp_path / "out"), str(source)],
        check=True, timeout=240, capture_output=True,
    )  # fmt: skip
    (resaved,) = (tmp_path / "out").iterdir()
    work = tmp_path / "read"
    work.mkdir()
    copy = work / "file"
    copy.write_bytes(resaved.read_bytes())

    found = read_returned(copy, resaved.name)

    assert found.troubles == []
    assert {(one.answer, one.value or "") for one in found.given} == {
        ("corrected", "320106199001010016"), ("corrected", "130503196704010016"),
        ("remove", ""), ("corrected", "1"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("000012", 12),
        ("12", 12),
        ("12.0", 12),
        (" \uff11\uff12 ", 12),
        ("", None),
        ("十二", None),
        ("-1", None),
    ],
)
def test_a_line_is_known_however_its_number_is_shown(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [("已更正", "x", "corrected"), ("", "x", "corrected"), ("", " ", ""), ("Remove this row", "", "remove"),
     ("别的", "", None)],
)  # fmt: skip
def test_answers_are_read_in_both_languages(text, value, answer):
    assert read_answer(text, value) == answer


def test_a_line_copied_with_another_answer_counts_for_neither(engineer, sent, book, tmp_path):
    page = fill(book, CORRECT)["低保名册"]
    page.append([cell.value for cell in page[2]])
    page.cell(page.max_row, 3).value = "11010519900307881X"

    found = read(book, tmp_path)

    assert [one.why for one in found.troubles] == ["The line stands twice with different answers"]
    assert len(found.given) == 4


@pytest.mark.parametrize("where", ["_land", "_finish"])
def test_killed_on_the_way_the_next_run_finishes_and_lands_nothing_twice(
    engineer, found, sent, book, monkeypatch, where
):
    def die(*_):
        raise KeyboardInterrupt

    kept = getattr(returning, where)
    monkeypatch.setattr(returning, where, die)
    with pytest.raises(KeyboardInterrupt):
        services.return_here(engineer, to_bytes(fill(book, CORRECT)), file_name="a.xlsx")
    monkeypatch.setattr(returning, where, kept)
    made = NoticeReturn.objects.get()
    assert made.state == "landing"

    done = services.process_return(engineer, made.id)
    services.process_return(engineer, made.id)

    assert done.state == "done"
    table = catalog.get_resource(engineer, found.id).table
    assert [one.kind for one in pool.list_versions(table)] == ["delete", "upsert", "full"]
    assert [row[0] for row in rows_now(engineer, found)] == ["1", "2", "3", "5"]
    sent.refresh_from_db()
    assert sent.state == "closed"


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_the_same_bytes_sent_at_once_one_is_taken(engineer, sent, book):
    data = to_bytes(fill(book, CORRECT)).getvalue()
    ends: list[str] = []

    def give():
        try:
            services.take_return(engineer, io.BytesIO(data), file_name="a.xlsx")
            ends.append("taken")
        except Conflict:
            ends.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give) for _ in range(3)]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert sorted(ends) == ["refused", "refused", "taken"]
    assert NoticeReturn.objects.count() == 1
