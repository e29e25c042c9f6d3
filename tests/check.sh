#!/usr/bin/env bash
# Every machine-held rule of the house: one line per check, all are run, the exit code is honest.
set -uo pipefail
bin=$1
failed=0
export PYTHONPATH=src

try() {
  local name=$1; shift
  local log; log=$(mktemp)
  if "$@" >"$log" 2>&1; then echo "ok    $name"; else echo "FAIL  $name"; tail -60 "$log"; failed=1; fi
  rm -f "$log"
}

export YIWANG_HOME; YIWANG_HOME=$(mktemp -d)
trap 'rm -rf "$YIWANG_HOME"' EXIT
try "ruff lint" "$bin/ruff" check .
try "ruff format" "$bin/ruff" format --check .
try "import contracts" "$bin/lint-imports"
try "mypy strict" "$bin/mypy"
try "templates" "$bin/djlint" --lint --quiet src
try "django check" "$bin/python" -m django check --settings yiwang.site.settings
try "migrations complete" "$bin/python" -m django makemigrations --check --dry-run --settings yiwang.site.settings
exit $failed
