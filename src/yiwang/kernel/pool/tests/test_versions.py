"""Versions: what is committed comes back, and stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.services import compaction
from yiwang.kernel.tabular import services as tabular

pytestmark = pytest.mark.django_db


def an_act() -> Act:
    return Act(SYSTEM, "pool.test", Ref("pool.table", "t"))


def stage(columns, *rows):
    return pool.stage_rows(columns, [rows])


def age(file):
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(file, (two_days_ago, two_days_ago))


def read(version_id):
    return [row for _, row in pool.list_rows(version_id).rows]


@pytest.fixture
def own_home(settings, tmp_path):
    settings.YIWANG_HOME = tmp_path


@pytest.fixture
def table(transactional_db=None):
    return pool.create_table(an_act(), name="登记册")


@pytest.fixture
def first(table):
    staged = stage(["code", "name"], ("01", "东湖"), ("02", "西湖"), ("03", None))
    return pool.commit(an_act(), table, staged, kind="full", key=["code"])


def test_full_version_gives_back_every_cell_as_text(table):
    staged = stage(["a", "b"], ("007", ""), (None, " x "), ("1.50", "“引”,\n'"))

    version = pool.commit(an_act(), table, staged)

    assert read(version.id) == [("007", ""), (None, " x "), ("1.50", "“引”,\n'")]
    assert (version.number, version.rows, version.delivered) == (1, 3, 3)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimited_file_is_staged_in_order(tmp_path: Path, table, end):
    path = tmp_path / "a.csv"
    lines = ["code,name", *(f'{i:05d},"名,{i}"' for i in range(5000)), '"",x', "y,"]
    path.write_bytes(end.join([*lines, ""]).encode())
    (source,) = tabular.open_source(path, "a.csv")

    version = pool.commit(an_act(), table, pool.stage_delimited(source.fast, source.columns))

    page = pool.list_rows(version.id, after=4999)
    assert page.rows == ((5000, ("04999", "名,4999")), (5001, ("", "x")), (5002, ("y", None)))


def test_append_upsert_delete_are_merged_on_read(table, first):
    appended = pool.commit(an_act(), table, stage(["code", "name"], ("04", "青山")), kind="append")
    upserted = pool.commit(
        an_act(), table, stage(["code", "name"], ("02", "新建"), ("05", "红谷滩")), kind="upsert"
    )
    deleted = pool.commit(an_act(), table, stage(["code"], ("01",), ("99",)), kind="delete")

    assert read(appended.id) == [("01", "东湖"), ("02", "西湖"), ("03", None), ("04", "青山")]
    assert read(upserted.id) == [
        ("01", "东湖"), ("03", None), ("04", "青山"), ("02", "新建"), ("05", "红谷滩"),
    ]  # fmt: skip
    assert read(deleted.id) == [("03", None), ("04", "青山"), ("02", "新建"), ("05", "红谷滩")]
    assert [v.rows for v in (first, appended, upserted, deleted)] == [3, 4, 5, 4]


def test_earlier_versions_stay_as_they_were(table, first):
    pool.commit(an_act(), table, stage(["code", "name"], ("01", "改")), kind="upsert")

    assert read(first.id) == [("01", "东湖"), ("02", "西湖"), ("03", None)]


def test_a_row_keeps_its_number_through_later_versions(table, first):
    second = pool.commit(an_act(), table, stage(["code", "name"], ("01", "改")), kind="upsert")

    assert pool.list_rows(second.id).rows == (
        (2, ("02", "西湖")), (3, ("03", None)), (4, ("01", "改")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["code", "name", "phone"], "+ phone"),
        (["code"], "- name"),
        (["code", "title"], "name → title"),
        (["name", "code"], "⇄"),
    ],
)
def test_drifted_columns_stop_with_the_difference(table, first, columns, said):
    staged = stage(columns, ["1"] * len(columns))

    with pytest.raises(InvalidInput) as stopped:
        pool.commit(an_act(), table, staged, kind="append")

    assert stopped.value.code == "pool.commit.drift"
    assert said in stopped.value.detail


def test_full_delivery_may_change_columns_when_that_is_accepted(table, first):
    staged = stage(["code", "title"], ("01", "x"))

    version = pool.commit(an_act(), table, staged, kind="full", accept_drift=True)

    assert version.columns == ("code", "title")


@pytest.mark.parametrize("kind", ["upsert", "delete"])
def test_repeated_and_blank_keys_are_refused(table, first, kind):
    for rows, code in (
        ((("07", "a"), ("07", "b")), "pool.commit.key_repeated"),
        (((" ", "a"),), "pool.commit.key_blank"),
        (((None, "a"),), "pool.commit.key_blank"),
    ):
        with pytest.raises(InvalidInput) as stopped:
            pool.commit(an_act(), table, stage(["code", "name"], *rows), kind=kind)
        assert stopped.value.code == code


def test_key_column_must_be_there(table, first):
    with pytest.raises(InvalidInput) as stopped:
        pool.commit(an_act(), table, stage(["name"], ("x",)), kind="delete")

    assert stopped.value.code == "pool.commit.key_missing"


def test_first_delivery_must_be_full(table):
    with pytest.raises(InvalidInput) as stopped:
        pool.commit(an_act(), table, stage(["code"], ("1",)), kind="append")

    assert stopped.value.code == "pool.commit.no_base"


def test_withdrawn_version_leaves_the_state_before(table, first):
    wrong = pool.commit(an_act(), table, stage(["code", "name"], ("09", "错")), kind="append")

    pool.withdraw(an_act(), wrong.id)
    after = pool.commit(an_act(), table, stage(["code", "name"], ("04", "对")), kind="append")

    assert read(after.id) == [("01", "东湖"), ("02", "西湖"), ("03", None), ("04", "对")]
    assert (after.number, after.parent_id) == (3, first.id)


def test_version_that_others_stand_on_is_not_withdrawn_nor_purged(table, first):
    pool.commit(an_act(), table, stage(["code", "name"], ("04", "x")), kind="append")

    for act_on in (pool.withdraw, pool.purge):
        with pytest.raises(Conflict) as refused:
            act_on(an_act(), first.id)
        assert refused.value.code == "pool.version.built_on"


def test_version_followed_by_a_full_one_may_be_withdrawn(table, first):
    second = pool.commit(an_act(), table, stage(["code", "name"], ("01", "新")))

    pool.withdraw(an_act(), first.id)

    assert read(second.id) == [("01", "新")]


def test_purge_destroys_the_files_and_keeps_the_row(
    table, first, django_capture_on_commit_callbacks
):
    files = set((pool.pool_folder() / "parts").rglob("*.parquet"))

    with django_capture_on_commit_callbacks(execute=True):
        gone = pool.purge(an_act(), first.id)

    assert len(files - set((pool.pool_folder() / "parts").rglob("*.parquet"))) == 1
    assert (gone.state, gone.digest) == ("purged", first.digest)
    with pytest.raises(NotFound):
        pool.relation(first.id)


def test_plan_made_before_another_commit_is_overtaken(table, first):
    staged = stage(["code", "name"], ("04", "x"))
    plan = pool.plan_commit(table, staged, kind="append")
    pool.commit(an_act(), table, stage(["code", "name"], ("05", "y")), kind="append")

    with pytest.raises(Conflict) as refused:
        pool.commit(an_act(), table, staged, plan=plan)

    assert refused.value.code == "pool.commit.overtaken"


def test_state_written_anew_reads_the_same_row_for_row(table, first):
    pool.commit(an_act(), table, stage(["code", "name"], ("04", "x")), kind="append")
    last = pool.commit(an_act(), table, stage(["code", "name"], ("01", "改")), kind="upsert")
    before = pool.list_rows(last.id)

    done = pool.compact(an_act(), last.id)
    later = pool.commit(an_act(), table, stage(["code"], ("02",)), kind="delete")

    assert done
    assert pool.count_parts(last.id) == 1
    assert pool.list_rows(last.id) == before
    assert [number for number, _ in pool.list_rows(later.id).rows] == [3, 4, 5]
    assert pool.origin_of(later.id, 5).id == last.id
    assert pool.origin_of(later.id, 3).id == first.id
    assert pool.origin_of(later.id, 99) is None


def test_sweep_takes_only_files_that_no_version_knows(own_home, table, first):
    lost, landing = (pool.pool_folder() / "parts" / f"{name}.parquet" for name in ("old", "new"))
    for orphan in (lost, landing):
        orphan.write_bytes(b"x")
    age(lost)

    gone = pool.sweep_orphans()

    assert (gone, lost.exists(), landing.exists()) == (1, False, True)
    landing.unlink()
    assert len(read(first.id)) == 3
    assert pool.verify_parts(first.id) == []


def test_what_is_committed_while_a_sweep_looks_is_no_orphan(own_home, table, monkeypatch):
    staged = stage(["code"], ("01",))
    age(staged.parts[0].path)
    find_old = compaction._list_old

    def find_then_commit(*args):
        found = find_old(*args)
        pool.commit(an_act(), table, staged)
        return found

    monkeypatch.setattr(compaction, "_list_old", find_then_commit)
    pool.sweep_orphans()

    assert pool.verify_parts(pool.find_latest(table).id) == []


def test_a_staged_file_that_goes_while_a_sweep_looks_does_not_stop_it(own_home, monkeypatch):
    gone = stage(["code"], ("01",)).parts[0].path
    listed = type(gone).iterdir

    def list_then_remove(folder):
        found = list(listed(folder))
        gone.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(type(gone), "iterdir", list_then_remove)

    assert pool.sweep_orphans() == 0


def test_export_defuses_formulas_and_masks(tmp_path, table):
    staged = stage(["编号", "b"], ("=1+1", "-5"), (None, "-5+x"), ('"a",\n', ""))
    version = pool.commit(an_act(), table, staged)

    count = pool.export_rows(
        version.id, tmp_path / "o.csv", shown={"b": "left(\"b\", 2) || '*'"}, headings={"b": "乙"}
    )

    assert count == 3
    assert (tmp_path / "o.csv").read_text("utf-8") == (
        '\ufeff编号,乙\n\'=1+1,\'-5*\n,\'-5*\n"""a"",\n",*\n'
    )


def test_export_as_sheet_keeps_every_cell_a_text(tmp_path, table):
    openpyxl = pytest.importorskip("openpyxl")
    version = pool.commit(an_act(), table, stage(["码", "b"], ("007", "=1+1"), ("<&>", None)))

    pool.export_rows(version.id, tmp_path / "o.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
    assert [[c.value for c in row] for row in sheet.rows] == [
        ["码", "b"], ["007", "=1+1"], ["<&>", None],
    ]  # fmt: skip
    assert sheet["B2"].data_type != "f"


def test_a_page_is_whole_though_its_rows_stand_far_apart():
    table = pool.create_table(an_act(), name="t")
    rows = [(str(number), "rare" if number % 40_000 == 0 else "common") for number in range(90_000)]
    version = pool.commit(an_act(), table, pool.stage_rows(["n", "v"], [rows], profile=False))

    page = pool.list_rows(version.id, where="v = ?", parameters=["rare"], limit=2)
    rest = pool.list_rows(
        version.id, where="v = ?", parameters=["rare"], limit=2, after=page.next_after
    )

    assert ([row for row, _ in page.rows], page.more) == ([1, 40_001], True)
    assert ([row for row, _ in rest.rows], rest.more) == ([80_001], False)


@pytest.mark.parametrize("anew", [False, True])
def test_rows_are_picked_by_their_numbers_from_whatever_file_holds_them(table, first, anew):
    pool.commit(an_act(), table, stage(["code", "name"], ("04", "新建")), kind="append")
    last = pool.commit(
        an_act(), table, stage(["code", "name"], ("02", "西湖区"), ("05", "")), kind="upsert"
    )
    if anew:
        pool.compact(an_act(), last.id)
    with pool.engine() as connection:
        rows = connection.execute(
            f"SELECT _row, code, name FROM {pool.relation(last.id)}"
        ).fetchall()
        connection.execute("CREATE TEMP TABLE wanted AS SELECT unnest([3, 4, 5]) AS _row")
        found = connection.execute(
            f"SELECT _row, code, name FROM {pool.relation_picked(last.id, 'wanted')}"
        ).fetchall()

    assert sorted(found) == sorted(row for row in rows if row[0] in (3, 4, 5))
    assert sorted(row[1] for row in found) == ["02", "03", "04"]
