"""The rules of `bench_quality` that are native to Great Expectations, over the same file. 对照工具。

Runs in an environment of its own: great_expectations 1.24, pandas, pyarrow.
"""

from __future__ import annotations

import json
import os
import resource
import time

import great_expectations as gx  # type: ignore[import-not-found,unused-ignore]
import great_expectations.expectations as gxe  # type: ignore[import-not-found,unused-ignore]
import pandas as pd  # type: ignore[import-untyped,unused-ignore]

FILE = f"{os.environ['YIWANG_BENCH']}/persons.parquet"
ID = r"^[1-9]\d{5}(19|20)\d{9}[\dX]$"
REGEXES = (
    ("id_no", ID), ("name", r"^[^0-9]{1,100}$"), ("phone", r"^1[3-9]\d{9}$"),
    ("birth_date", r"^\d{4}-\d\d-\d\d$"), ("region_code", r"^[1-9]\d{5}$"),
    ("household_no", r"^H\d{9}$"), ("relation", r"^(户主|配偶|子女|父母)$"),
)  # fmt: skip
SETS = (("sex", ["男", "女"]), ("nation", ["汉族", "回族", "畲族", "壮族"]))


def expectations() -> list[object]:
    """As many as are native: no check digit, nothing between fields. 规则。"""
    found: list[object] = [
        gxe.ExpectColumnValuesToNotBeNull(column=name) for name in ("id_no", "name", "address")
    ]
    found += [gxe.ExpectColumnValuesToMatchRegex(column=c, regex=r) for c, r in REGEXES]
    found += [gxe.ExpectColumnValuesToBeInSet(column=c, value_set=v) for c, v in SETS]
    found.append(
        gxe.ExpectColumnValueLengthsToBeBetween(column="education", min_value=2, max_value=4)
    )
    found.append(gxe.ExpectColumnValuesToBeUnique(column="id_no"))
    return found


def main() -> None:
    """Check once and print what it took. 执行。"""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset(name="persons")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
        batch_parameters={"dataframe": pd.read_parquet(FILE)}
    )
    suite = gx.ExpectationSuite(name="rules", expectations=expectations())
    batch.validate(suite)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": after.ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
