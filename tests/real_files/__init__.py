"""Real files that others made, read where the folder of real inputs is at hand."""

import os
from pathlib import Path

FOLDERS = (
    "10-data-quality/messytables-horror",
    "04-requests",
    "11-lists",
    "13-mobility",
    "05-sensors",
    "01-divisions",
)


def find_shared() -> Path | None:
    """The folder of real inputs: named by YIWANG_SHARED, or beside the checkout."""
    named = os.environ.get("YIWANG_SHARED")
    beside = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(named) if named else beside
    return folder / "data" if (folder / "data").is_dir() else None


def list_files() -> list[str]:
    """Paths of all real files inside the folder, sorted; empty where there is none."""
    data = find_shared()
    if data is None:
        return []
    found = (path for folder in FOLDERS for path in (data / folder).rglob("*") if path.is_file())
    return sorted(str(path.relative_to(data)) for path in found)
