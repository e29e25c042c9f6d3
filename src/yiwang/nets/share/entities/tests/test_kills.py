"""Killed at random again and again, every version is whole. 随机终止后版本完整。"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest

KILLS = int(os.environ.get("YIWANG_KILLS", "100")) // 2


@pytest.mark.deep
@pytest.mark.timeout(3000)
def test_kills_leave_whole_versions_and_the_newest_is_what_the_entity_holds(tmp_path):
    seed = int(os.environ.get("YIWANG_SEED", random.randrange(10**6)))
    home = tmp_path / "home"
    home.mkdir()
    told = {**os.environ, "YIWANG_TEST_HOME": str(home), "YIWANG_HOME": str(home)}
    told.pop("YIWANG_DATABASE", None)
    done = subprocess.run(
        [
            sys.executable, "-m", "yiwang.nets.share.entities.tests.killing",
            str(home), str(seed), str(KILLS),
        ],
        env=told | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        check=False,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}\n{done.stderr[-4000:]}"
    result = json.loads(done.stdout)

    print(f"seed {seed}: killed {result['killed']} of {KILLS}", result["runs"])
    assert result["killed"] >= KILLS * 0.4
    assert result["rows"] == result["truth"], f"seed {seed}"
    assert all(said == held for said, held in result["versions"]), f"seed {seed}"
    assert result["runs"].keys() <= {"done", "nothing"}, f"seed {seed}"
    assert result["deliveries"] == {"landed": len(result["versions"])}, f"seed {seed}"
