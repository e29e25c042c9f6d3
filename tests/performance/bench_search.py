"""Search over invented entries against a LIKE scan in the same run: speed, recall, order. 检索基准。

`python -m tests.performance.bench_search [--entries 100000]`. Uses the database that
YIWANG_DATABASE names (SQLite in a temporary folder unless said) inside a transaction that is rolled
back. Prints each query's times and, at the end, medians as ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from random import Random
from statistics import median, quantiles
from typing import Any

TOPICS = [
    "低保",
    "医疗保险",
    "养老金",
    "企业登记",
    "不动产",
    "学籍",
    "机动车",
    "户籍",
    "残疾人",
    "公积金",
    "税务",
    "社区",
    "老年人",
    "出租车",
    "食品经营",
]
THINGS = [
    "信息",
    "名录",
    "登记",
    "发放明细",
    "统计表",
    "许可",
    "处罚",
    "档案",
    "核查结果",
    "变更记录",
    "月报",
    "年报",
    "清单",
]
PLACES = [
    "云州市",
    "东湖区",
    "西岭区",
    "南浦区",
    "北溪县",
    "云河县",
    "清河街道",
    "长桥镇",
    "文昌街道",
]
FILLER = "本资源由主管部门按月归集用于跨部门核验比对并依法共享字段包括编号名称状态日期来源单位联系人与说明"
QUERIES = (
    "低保", "医疗保险", "养老金发放", "企业登记信息", "东湖区", "不动产登记", "老年人 发放", "云州市 残疾人",
    "户籍变更", "GB/T 2260", "2024年", "YZ-000", "食品经营许可", "跨部门核验", "出租车", "年报 税务",
    "学籍档案 文昌街道", "联系人", "公积金", "没有这样的词",
)  # fmt: skip
TURNS = 5


def draw_entries(count: int) -> list[tuple[str, str]]:
    random = Random(7)
    pick = random.choice
    entries = []
    for number in range(count):
        title = f"{pick(PLACES)}{2015 + number % 11}年{pick(TOPICS)}{pick(THINGS)}"
        start = random.randrange(20)
        words = " ".join(pick(TOPICS) + pick(THINGS) for _ in range(3))
        body = f"YZ-{number:06d} {FILLER[start : start + 25]} {words} 依据 GB/T {pick(('2260', '4754', '3304'))}"
        entries.append((title, body))
    return entries


def fill(entries: list[tuple[str, str]]) -> float:
    """Index in bulk as `index_entry` does row by row; gives processor seconds."""
    from yiwang.kernel.base.clock import now
    from yiwang.kernel.search.models import SearchEntry
    from yiwang.kernel.search.services import rebuild_index

    SearchEntry.objects.bulk_create(
        (
            SearchEntry(kind="bench", ref=str(number), title=title, body=body, indexed_at=now())
            for number, (title, body) in enumerate(entries)
        ),
        batch_size=5000,
    )
    began = time.process_time()
    rebuild_index()
    return time.process_time() - began


def count_scan(query: str) -> int:
    from django.db import connection

    words = query.split()
    clause = " AND ".join(["(lower(title) LIKE %s OR lower(body) LIKE %s)"] * len(words))
    params = [f"%{word.lower()}%" for word in words for _ in range(2)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM search_searchentry WHERE {clause}", params)
        return int(cursor.fetchone()[0])


def count_found(query: str) -> int:
    from django.db import connection

    from yiwang.kernel.search.services import ask

    match = ask(query).match
    if match is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {match.source} WHERE {match.where}", match.where_params
        )
        return int(cursor.fetchone()[0])


def timed(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(TURNS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def measure() -> dict[str, Any]:
    from yiwang.kernel.search.services import search

    rows, recalls = [], []
    for query in QUERIES:
        expected, got = count_scan(query), count_found(query)
        recalls.append(min(got, expected) / expected if expected else 1.0)
        page = search(query)
        ours, like = timed(lambda q=query: search(q)), timed(lambda q=query: count_scan(q))
        first = sum(all(w.lower() in hit.title.lower() for w in query.split()) for hit in page.hits)
        rows.append((query, expected, got, ours, like, first))
        sys.stdout.write(
            f"{query:　<10} {expected:>7} {got:>7} {ours:>8.2f} ms {like:>8.2f} ms  {first}/20\n"
        )
    ours = sorted(row[3] for row in rows)
    like = sorted(row[4] for row in rows)
    return {
        "recall": round(sum(recalls) / len(recalls), 4),
        "p50_ms": round(median(ours), 2),
        "p95_ms": round(quantiles(ours, n=100, method="inclusive")[94], 2),
        "p99_ms": round(quantiles(ours, n=100, method="inclusive")[98], 2),
        "like_p50_ms": round(median(like), 2),
        "like_p99_ms": round(quantiles(like, n=100, method="inclusive")[98], 2),
        "p50_ratio_to_like": round(median(ours) / median(like), 3),
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=100_000)
    entries = options.parse_args().entries
    os.environ["DJANGO_SETTINGS_MODULE"] = "yiwang.site.settings"
    with tempfile.TemporaryDirectory() as home:
        os.environ["YIWANG_HOME"] = home
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        call_command("migrate", verbosity=0)
        with transaction.atomic():
            index_seconds = fill(draw_entries(entries))
            found = measure() | {"entries": entries, "index_cpu_s": round(index_seconds, 1)}
            transaction.set_rollback(True)
        found["engine"] = connection.vendor
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
