#!/usr/bin/env bash
# Renews constraints.txt: every package that `pip install '.[postgres,test,check]'` brings, pinned,
# without registry addresses. Resolved in a fresh environment so that nothing old leaks in.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" - >"$work/requirements" <<'EOF'
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
extras = project["project"]["optional-dependencies"].values()
wanted = [project["project"]["dependencies"], project["build-system"]["requires"], *extras]
print(*(line for group in wanted for line in group), "editables", sep="\n")
EOF
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check -r "$work/requirements"
"$work/venv/bin/python" -m pip list --format freeze --disable-pip-version-check |
  grep -viE '^(pip|setuptools|wheel)==' | sort -f >"$work/lines"
{ echo "# Every package of a full installation, pinned. Renew with: make lock"; cat "$work/lines"; } >constraints.txt
echo "$(grep -vc '^#' constraints.txt) packages pinned"
