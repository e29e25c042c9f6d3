"""The rules of `bench_quality` in Great Expectations, over the same file. 对照工具。

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
MOBILE = r"1[3-9]\d{9}$"
REGEXES = (
    ("id_no", ID), ("name", r"^[^0-9]{1,100}$"), ("phone", f"^{MOBILE}"),
    ("phone", rf"^(\+86|0086|86)?{MOBILE}"), ("region_code", r"^[1-9]\d{5}$"),
    ("household_no", r"^H\d{9}$"), ("relation", r"^(户主|配偶|子女|父母)$"),
    ("employer_code", r"^91\d{6}MA\d{8}$"),
)  # fmt: skip
SETS = (("sex", ["男", "女"]), ("nation", ["汉族", "回族", "畲族", "壮族"]), ("id_right", [True]))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def read() -> pd.DataFrame:
    """The register, with columns for what is not native: numbers, and what the number tells. 读取。"""
    frame = pd.read_parquet(FILE)
    frame["phone"] = frame["phone"].replace("", None)
    frame["amount"] = pd.to_numeric(frame["base_amount"])
    number = frame["id_no"].str
    frame["sex_of_id"] = (number[16].astype(int) % 2).map({1: "男", 0: "女"})
    frame["birth_of_id"] = number[6:10] + "-" + number[10:12] + "-" + number[12:14]
    total = sum(number[at].astype(int) * weight for at, weight in enumerate(WEIGHTS))
    frame["id_right"] = (total % 11).map(dict(enumerate("10X98765432"))) == number[17:]
    return frame


def expectations() -> list[object]:
    """Our twenty rules and uniqueness, each as Great Expectations says it. 规则。"""
    found: list[object] = [
        gxe.ExpectColumnValuesToNotBeNull(column=name) for name in ("id_no", "name", "address")
    ]
    found += [gxe.ExpectColumnValuesToMatchRegex(column=c, regex=r) for c, r in REGEXES]
    found += [gxe.ExpectColumnValuesToBeInSet(column=c, value_set=v) for c, v in SETS]
    found += [
        gxe.ExpectColumnValueLengthsToBeBetween(column="education", min_value=2, max_value=4),
        gxe.ExpectColumnValuesToMatchStrftimeFormat(
            column="birth_date", strftime_format="%Y-%m-%d"
        ),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=22000),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="sex", column_B="sex_of_id"),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="birth_date", column_B="birth_of_id"),
        gxe.ExpectColumnValuesToNotBeNull(
            column="household_no", row_condition='relation == "户主"', condition_parser="pandas"
        ),
        gxe.ExpectColumnValuesToBeUnique(column="id_no"),
    ]
    return found


def main() -> None:
    """Check once and print what it took. 执行。"""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset(name="persons")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
        batch_parameters={"dataframe": read()}
    )
    suite = gx.ExpectationSuite(name="rules", expectations=expectations())
    results = batch.validate(suite).results
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # An exception inside an expectation is only noted in its result.
    broken = [one for one in results if "unexpected_count" not in one.result]
    assert not broken, broken
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": after.ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
