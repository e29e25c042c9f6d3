"""The tutorial is run as it stands: its commands, its figures."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import COMMAND_SECONDS, Node

pytestmark = pytest.mark.deep

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial" / "first-comparison.md"
# Beside the clone, as on a server that checks a change, or further up.
PLACES = [folder / "shared" / "data" / "01-divisions" for folder in ROOT.parents]
DATA = next((place for place in PLACES if place.exists()), PLACES[0])
FILES = (DATA / "china-division" / "streets.csv.gz", DATA / "quhua" / "townships_v1.json.gz")


def blocks(kind):
    found = re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [line for block in found for line in block.splitlines() if line.strip()]


def test_the_first_comparison_gives_the_printed_figures(tmp_path):
    if not all(file.exists() for file in FILES):
        pytest.skip(f"the two registers are not at {DATA}")
    for file in FILES:
        shutil.copy(file, tmp_path)
    node = Node(tmp_path / "home")

    said = ""
    for line in blocks("sh"):
        program, *arguments = shlex.split(line)
        assert program == "yiwang"
        done = subprocess.run(
            [sys.executable, "-m", "yiwang.site.cli", *arguments], env=node.environment,
            cwd=tmp_path, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said += done.stdout

    printed = dict(line.split() for line in blocks("text"))
    measured = dict(re.findall(r"^(\w+) +([\d,]+)  ", said, re.MULTILINE))
    assert {name: measured.get(name) for name in printed} == printed
    assert (tmp_path / "differences.csv").stat().st_size > 100_000
    assert (tmp_path / "streets.xlsx").exists()
