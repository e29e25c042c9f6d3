from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadLimits


def test_every_value_becomes_text_without_loss(tmp_path):
    path = tmp_path / "given"
    table = pa.table(
        {
            "编号": ["001", None, ""],
            "big": pa.array([2**63 - 1, -1, None]),
            "price": pa.array([Decimal("1.50"), None, Decimal("0.00")]),
            "float": [0.1, 1e300, 3.0],
            "day": [date(2020, 1, 2), None, None],
            "at": [datetime(2020, 1, 2, 3, 4, 5), None, None],
            "yes": [True, False, None],
            "list": [[1, 2], None, []],
            "bytes": [b"\xff", "街".encode(), None],
        }
    )
    pq.write_table(table, path)

    (source,) = open_source(path, "a.parquet")
    rows = [row for batch in source.batches() for row in batch.rows]

    assert source.columns == table.column_names
    assert rows == [
        [
            "001",
            "9223372036854775807",
            "1.50",
            "0.1",
            "2020-01-02",
            "2020-01-02 03:04:05",
            "true",
            "[1, 2]",
            "ff",
        ],
        [None, "-1", None, "1e+300", None, None, "false", None, "街"],
        ["", None, "0.00", "3", None, None, None, "[]", None],
    ]


@pytest.mark.parametrize("cut", [8, 200])
def test_a_cut_file_is_refused(tmp_path, cut):
    path = tmp_path / "given"
    pq.write_table(pa.table({"a": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:-cut])

    with pytest.raises(FileRefused) as caught:
        open_source(path, "a.parquet")

    assert caught.value.code in {"tabular.file.damaged", "tabular.file.crashed"}


def test_a_reader_that_takes_too_much_memory_is_stopped(tmp_path):
    path = tmp_path / "given"
    pq.write_table(pa.table({"a": ["x" * 1000] * 400_000}), path)

    with pytest.raises(FileRefused):
        open_source(path, "a.parquet", limits=ReadLimits(memory=200 << 20))
