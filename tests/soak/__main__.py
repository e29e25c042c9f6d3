"""`make soak`: a node works while its processes are killed at random; afterwards it must be well.

SOAK_MINUTES (60) says how long, SOAK_SEED makes a run repeatable in its choices.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.operations.conftest import Node

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
SEED = int(os.environ.get("SOAK_SEED", "1"))


def main() -> None:
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder) / "home")
        node.run("init")
        limit = time.monotonic() + MINUTES * 60
        landed = killed = number = 0
        with node.running() as running:
            running.first_page()
            while time.monotonic() < limit:
                number += 1
                landed += land(node, Path(folder), number, chance)
                if chance.random() < 0.3:
                    name, pid = chance.choice(sorted(running.children().items()))
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
                    print(f"round {number}: killed {name}", flush=True)
                running.first_page()
            memory = {name: resident(pid) for name, pid in running.children().items()}
        node.run("backup", Path(folder) / "node.tar")
        found = node.ask("doctor", "--deep", code=None)
        trouble = [one for one in found["findings"] if one["grade"] == "fail"]
        print(f"rounds {number}, landed {landed}, killed {killed}, resident MB {memory}")
        print(*trouble, sep="\n")
        sys.exit(bool(trouble))


def land(node: Node, folder: Path, number: int, chance: random.Random) -> int:
    """Land a file of random size; now and then the landing itself is killed halfway."""
    file = folder / f"{number}.csv"
    rows = chance.choice([10, 1000, 20_000])
    lines = (f"{row:06},街道{chance.randrange(1000)}" for row in range(rows))
    file.write_text("代码,名称\n" + "\n".join(lines) + "\n", "utf-8")
    process = subprocess.Popen(
        node.command("land", file, "--owner", "民政局", "--name", f"街道{number % 7}"),
        env=node.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if chance.random() < 0.2:
        time.sleep(chance.random() * 3)
        process.kill()
    return process.wait() == 0


def resident(pid: int) -> int:
    """Megabytes in memory."""
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line
    )
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
