"""How much a character speaks for a name, worked out from two frequency lists. 姓名用字权重。

`python -m tests.performance.personal.derive_names FOLDER TARGET`: FOLDER holds `ngender/charfreq.csv.gz`
(how often a character stands in given names, MIT) and `jieba/dict.txt.gz` (how often words stand in
texts, MIT). Written are characters by their score, twice the binary logarithm of how much oftener they
stand in given names (or as a surname) than in texts, rounded and cut at -8 and 8. The order of surnames
is that of the public statistics.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from yiwang.kernel.standards.shipped import vendor_elements

COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
CUT = 8


def read_given(path: Path) -> Counter[str]:
    """Given-name characters and how often. 名用字频。"""
    with gzip.open(path, "rt", encoding="utf-8") as source:
        rows = csv.DictReader(source)
        return Counter({row["char"]: int(row["male"]) + int(row["female"]) for row in rows})


def read_plain(path: Path) -> Counter[str]:
    """Characters of ordinary text and how often. 常文字频。"""
    found: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as source:
        for line in source:
            word, count, *_ = line.split()
            for character in word:
                found[character] += int(count)
    return found


def list_surnames() -> dict[str, float]:
    """Surnames of one character and their share, by rank. 单姓。"""
    shape = vendor_elements()["person_name"].shape
    rare = shape[1 : shape.index("]")]
    ranked = list(dict.fromkeys(COMMON + rare))
    weights = {
        one: 1 / (place + 4) if place < len(COMMON) else 0.0008 for place, one in enumerate(ranked)
    }
    total = sum(weights.values())
    return {one: weight / total for one, weight in weights.items()}


def score(shares: Mapping[str, float], plain: Counter[str], floor: float) -> dict[int, str]:
    """Characters by score, the best first. 分档。"""
    total = sum(plain.values())
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for character, share in shares.items():
        if share < floor or not "一" <= character <= "鿿":
            continue
        odds = math.log2(share / ((plain[character] + 50) / total))
        groups[max(-CUT, min(CUT, round(2 * odds)))].append(character)
    return {one: "".join(sorted(groups[one])) for one in sorted(groups, reverse=True)}


def main(folder: Path, target: Path) -> None:
    """Write both tables. 写出。"""
    given, plain = (
        read_given(folder / "ngender/charfreq.csv.gz"),
        read_plain(folder / "jieba/dict.txt.gz"),
    )
    total = sum(given.values())
    tables = {
        "surnames": score(list_surnames(), plain, 0.0),
        "given": score({one: count / total for one, count in given.items()}, plain, 1e-5),
    }
    out = io.StringIO()
    out.write(
        "# How much a character speaks for a surname or a given name, by score. 姓名用字权重。\n"
        "# Frequencies as facts from ngender 0.1.1 and jieba 0.42.1 (both MIT); written by\n"
        "# python -m tests.performance.personal.derive_names\n"
    )
    for name, groups in tables.items():
        out.write(f"{name}:\n")
        for one, characters in groups.items():
            out.write(f"  {one}: {characters}\n")
    target.write_text(out.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
