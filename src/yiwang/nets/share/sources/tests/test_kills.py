"""Killed a hundred times at random, the result is that of a clean run. 随机终止后结果一致。"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest

KILLS = int(os.environ.get("YIWANG_KILLS", "100"))


@pytest.mark.deep
@pytest.mark.timeout(3000)
def test_a_hundred_kills_leave_what_a_clean_run_leaves(postgres, tmp_path):
    seed = int(os.environ.get("YIWANG_SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    home = tmp_path / "home"
    home.mkdir()
    told = {**os.environ, "YIWANG_TEST_HOME": str(home), "YIWANG_HOME": str(home)}
    told.pop("YIWANG_DATABASE", None)
    done = subprocess.run(
        [
            sys.executable, "-m", "yiwang.nets.share.sources.tests.killing",
            str(home), str(seed), str(KILLS), json.dumps(postgres.settings),
        ],
        env=told | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        check=False,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}\n{done.stderr[-4000:]}"
    result = json.loads(done.stdout)

    print(
        f"killed {result['killed']} of {KILLS}, a whole reading takes {result['whole']:.1f} s;",
        {k: v["runs"] for k, v in result["found"].items()},
    )
    assert result["killed"] >= KILLS * 0.5
    for name, found in result["found"].items():
        assert sorted(found["rows"]) == sorted(result["truth"][name]), f"{name}, seed {seed}"
        assert found["versions"] == found["landed"] == found["deliveries"], f"{name}, seed {seed}"
    for name in ("追加", "文件"):
        assert result["found"][name]["delivered"] == len(result["truth"][name])
