"""The planted truths are what a plain comparison of the written files finds."""

import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict

import openpyxl
import pytest

from yiwang.kernel.query.services import evaluate, parse_key_pairs
from yiwang.kernel.query.tables import BLANK_PATTERN
from yiwang.site.sample.building import TOWNSHIPS, TRUTHS, write_sample
from yiwang.site.sample.truths import read_truths

BLANK = re.compile(BLANK_PATTERN)


def read_rows(path):
    if path.suffix == ".xlsx":
        lines = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
        return [dict(zip(lines[0], (v or "" for v in line), strict=True)) for line in lines[1:]]
    if path.suffix == ".json":
        found = json.loads(path.read_text("utf-8"))
        return [
            {"code": code, "name": name, "county_code": key, "county": county["county"]}
            for key, county in found.items()
            for name, code in county["townships"].items()
        ]
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    return list(csv.DictReader(io.StringIO(text)))


def keyed(rows, nodes):
    return [tuple(evaluate(node, row) for node in nodes) for row in rows]


def compare(left, right, about):
    """Counts by the definitions, in plain Python."""
    key = [pair for text in about.key for pair in parse_key_pairs(text)]
    values = [pair for text in about.value for pair in parse_key_pairs(text)]
    alternate = parse_key_pairs(about.alternate_key) if about.alternate_key else []
    sides = []
    for rows, side in ((left, "left"), (right, "right")):
        sides.append(
            list(
                zip(
                    keyed(rows, [getattr(p, side) for p in key]),
                    keyed(rows, [getattr(p, side) for p in values]),
                    keyed(rows, [getattr(p, side) for p in alternate]),
                    strict=True,
                )
            )
        )
    counts = {"left_rows": len(left), "right_rows": len(right)}
    by_key, by_alternate = [], []
    for name, rows in zip(("left", "right"), sides, strict=True):
        kept = [row for row in rows if not BLANK.fullmatch(row[0][0])]
        counts[f"{name}_blank_keys"] = len(rows) - len(kept)
        groups, others = defaultdict(list), defaultdict(list)
        for row in kept:
            groups[row[0]].append(row)
            others[row[2]].append(row[0])
        counts[f"{name}_duplicate_keys"] = sum(len(group) > 1 for group in groups.values())
        by_key.append(groups)
        by_alternate.append(others)
    both = by_key[0].keys() & by_key[1].keys()
    differing = {k for k in both if any(a[1] != b[1] for a in by_key[0][k] for b in by_key[1][k])}
    counts |= {
        "matched": len(both),
        "left_only": len(by_key[0].keys() - both),
        "right_only": len(by_key[1].keys() - both),
        "differing": len(differing),
    }
    if alternate:
        pairs = [
            (mine, theirs)
            for thing in by_alternate[0].keys() & by_alternate[1].keys()
            for mine in by_alternate[0][thing]
            for theirs in by_alternate[1][thing]
        ]
        counts["alternate_pairs"] = len(pairs)
        counts["other_key_same_thing"] = sum(mine != theirs for mine, theirs in pairs)
        counts["moved"] = sum(
            any(
                a[2] != b[2]
                and (
                    any(k != key for k in by_alternate[1].get(a[2], []))
                    or any(k != key for k in by_alternate[0].get(b[2], []))
                )
                for a in by_key[0][key]
                for b in by_key[1][key]
            )
            for key in both
        )
    return counts


@pytest.mark.parametrize(("seed", "rows"), [(1, 2000), (7, 200), (3, 777)])
def test_a_plain_comparison_finds_the_planted_counts(tmp_path, seed, rows):
    truths = write_sample(tmp_path, seed, rows)

    for about in truths.comparisons:
        left, right = read_rows(tmp_path / about.left), read_rows(tmp_path / about.right)
        assert compare(left, right, about) == about.expected, about.title


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    def digests(folder, seed):
        write_sample(tmp_path / folder, seed, 300)
        files = sorted((tmp_path / folder).iterdir())
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    assert digests("a", 5) == digests("b", 5)
    assert digests("c", 6)[TOWNSHIPS] != digests("a", 5)[TOWNSHIPS]


def test_truths_are_read_back_as_written(tmp_path):
    truths = write_sample(tmp_path, 1, 200)

    assert read_truths(tmp_path / TRUTHS) == truths
    assert all((tmp_path / about.file).exists() for about in truths.files)
    assert all(len(read_rows(tmp_path / about.file)) == about.rows for about in truths.files)


def test_no_number_in_the_city_can_be_real(tmp_path):
    truths = write_sample(tmp_path, 1, 500)
    people = read_rows(tmp_path / truths.files[0].file)
    firms = [
        row
        for about in truths.files
        if "企业" in about.name
        for row in read_rows(tmp_path / about.file)
    ]

    assert {row["公民身份号码"][:4] for row in people} == {"9901"}
    assert {row["统一社会信用代码"][2:6] for row in firms} == {"9901"}


def test_every_kind_of_dirt_is_there(tmp_path):
    planted = Counter()
    for what, count in write_sample(tmp_path, 1, 2000).planted.items():
        planted[what.split(": ")[1]] += count

    for what in ("old_15_digits", "lower_x", "full_width", "spaces_around", "blank", "placeholder",
                 "duplicate_keys", "old_tax_numbers", "owners_of_two", "blank_or_placeholder"):  # fmt: skip
        assert planted[what] > 0, what


def test_too_small_a_city_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 200"):
        write_sample(tmp_path, 1, 10)
