"""How well personal data is found in made texts and columns. 个人信息识别准确率。

`python -m tests.performance.measure_finder [tuning|held] [--show]`: per kind precision, recall and
F1 over labelled texts (a span counts where kind and place agree: the common part is at least four
fifths of both together) and over labelled columns. The halves share no template, given name or
street; `held` only scores. `--show` lists what was missed and what was found wrongly.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yiwang.kernel.standards.finder.columns import judge_column
from yiwang.kernel.standards.finder.find import find_spans
from yiwang.kernel.standards.finder.sql import may_hold_sql
from yiwang.kernel.standards.finder.types import KINDS, Span

from .personal.texts import Label, Text, make_columns, make_texts
from .work import plain

TEXTS = 4_400
COLUMNS = 20
AGREE = 0.8


@dataclass(slots=True)
class Tally:
    """Right, wrong and missed, by kind. 计数。"""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterable[tuple[str, float, float, float, int]]:
        """Kind, precision, recall, F1, how many there were. 每类。"""
        for kind in (*KINDS, ""):
            right, wrong, missed = (
                (counter[kind] if kind else sum(counter.values()))
                for counter in (self.right, self.wrong, self.missed)
            )
            precision = right / (right + wrong) if right + wrong else 1.0
            recall = right / (right + missed) if right + missed else 1.0
            both = precision + recall
            yield (
                kind or "all",
                precision,
                recall,
                2 * precision * recall / both if both else 0.0,
                right + missed,
            )


def agrees(span: Span, label: Label) -> bool:
    """Whether a found span is the labelled one. 是否相符。"""
    common = min(span.end, label.end) - max(span.start, label.start)
    whole = max(span.end, label.end) - min(span.start, label.start)
    return span.kind == label.kind and common / whole >= AGREE


def score_text(text: Text, tally: Tally, *, show: bool) -> None:
    """Add one text to the tally. 计入文本。"""
    spans, open_labels = list(find_spans(text.text)), list(text.labels)
    for span in spans:
        label = next((one for one in open_labels if agrees(span, one)), None)
        if label is None:
            tally.wrong[span.kind] += 1
            if show:
                around = text.text[max(0, span.start - 12) : span.end + 8].replace("\n", "|")
                print("wrong ", span.kind, text.text[span.start : span.end], "in", around)
            continue
        open_labels.remove(label)
        tally.right[span.kind] += 1
    for label in open_labels:
        tally.missed[label.kind] += 1
        if show:
            around = text.text[max(0, label.start - 12) : label.end + 8].replace("\n", "|")
            print("missed", label.kind, text.text[label.start : label.end], "in", around)


def score_columns(half: str, *, show: bool) -> Tally:
    """The verdicts on columns. 列判定。"""
    tally = Tally()
    for column in make_columns(half, COLUMNS):
        cells: Mapping[str, int] = Counter(value for value in column.values if value)
        found = set(judge_column(cells.items()).kinds)
        tally.right.update(found & column.kinds)
        tally.wrong.update(found - column.kinds)
        tally.missed.update(column.kinds - found)
        if show and found != column.kinds:
            print("column", column.name, "found", sorted(found), "holds", sorted(column.kinds))
    return tally


def report(title: str, tally: Tally) -> None:
    """One table. 报表。"""
    print(f"{title:14} precision  recall      F1   count")
    for kind, precision, recall, f1, count in tally.lines():
        print(f"{kind:14} {precision:9.3f} {recall:7.3f} {f1:7.3f} {count:7}")


def filter_speed(texts: Sequence[str]) -> float:
    """How fast the engine passes over the texts, fifty times each. 预筛速度。"""
    connection = plain()
    connection.execute("CREATE TABLE one AS SELECT unnest(?::VARCHAR[]) AS v", [texts])
    connection.execute("CREATE TABLE many AS SELECT v FROM one, range(50)")
    began = time.process_time()
    connection.execute(f"SELECT count(*) FROM many WHERE {may_hold_sql('v')}").fetchone()
    return 50 * sum(len(text.encode()) for text in texts) / 1e6 / (time.process_time() - began)


def reading_speed(texts: Sequence[str]) -> float:
    """How fast the close look is. 细读速度。"""
    began = time.process_time()
    for text in texts:
        find_spans(text)
    return sum(len(text.encode()) for text in texts) / 1e6 / (time.process_time() - began)


def main(half: str, *, show: bool) -> None:
    """Measure one half. 测量。"""
    tally = Tally()
    for text in make_texts(half, TEXTS):
        score_text(text, tally, show=show)
    report(f"texts ({half})", tally)
    report(f"columns ({half})", score_columns(half, show=show))
    texts = [text.text for text in make_texts(half, TEXTS)]
    print(f"filter in SQL {filter_speed(texts):6.1f} MB per processor second")
    print(f"close reading {reading_speed(texts):6.1f} MB per processor second, of what passed")


if __name__ == "__main__":
    main(
        next((one for one in sys.argv[1:] if one in ("tuning", "held")), "held"),
        show="--show" in sys.argv,
    )
