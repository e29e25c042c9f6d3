"""Makes `node-<version>.tar.gz`, a small node of this version, for the upgrade test of later ones.

Run once per release, `python -m tests.data.make_node`; never made anew afterwards.
"""

import gzip
import json
import shutil
import tempfile
from pathlib import Path

from tests.operations.conftest import Node
from yiwang import __version__

HERE = Path(__file__).resolve().parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder) / "home")
        node.run("init")
        found = node.ask("sample", "load", "--rows", 200, "--password", "Rain-on-the-roof-7")
        node.run("backup", Path(folder) / "node.tar")
        archive = HERE / f"node-{__version__}.tar.gz"
        with (Path(folder) / "node.tar").open("rb") as source, gzip.open(archive, "wb", 9) as out:
            shutil.copyfileobj(source, out)
        known = {
            "sign_ins": found["sign_ins"],
            "comparisons": {
                one["id"]: {count["name"]: count["value"] for count in one["counts"]}
                for one in found["comparisons"]
            },
            "resources": {one["resource"]: one["rows"] for one in found["files"]},
        }
        facts = HERE / f"node-{__version__}.json"
        facts.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(f"{archive.name}: {archive.stat().st_size} bytes")


if __name__ == "__main__":
    main()
