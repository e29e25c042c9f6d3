#!/usr/bin/env bash
# Runs the suite: `test` quickly, `deep` wholly; on SQLite, then on PostgreSQL.
# A run that skips something says so at the end; under YIWANG_REQUIRE_ALL=1 a skip is a failure.
set -uo pipefail
kind=$1
python=${PYTEST%% *}
failed=0
skipped=()

run() { # name, then arguments of pytest
  local name=$1; shift
  echo "== $name"
  $PYTEST "$@" || { failed=1; echo "!! $name failed"; }
}

reachable() {
  YIWANG_DATABASE= "$python" - "$PG" <<'EOF'
import sys
try:
    import psycopg
    # The server is what matters: the suite makes a database of its own.
    psycopg.connect(sys.argv[1].rsplit("/", 1)[0] + "/postgres", connect_timeout=3).close()
except Exception as error:
    print(f"PostgreSQL: {error}", file=sys.stderr)
    sys.exit(1)
EOF
}

if [ "$kind" = deep ]; then
  export YIWANG_REQUIRE_ALL=1
  marks=(); pg_marks=(-m "not browser")
  # After a `make test` on the same commit only the rest is needed.
  if [ -n "${YIWANG_AFTER_TEST:-}" ]; then
    marks=(-m "deep or browser"); pg_marks=()
  fi
else
  marks=(-m "not deep and not browser"); pg_marks=(-m "not deep and not browser")
fi

run "$kind on SQLite" "${marks[@]}"
if [ "$kind" = deep ] && [ ${#pg_marks[@]} = 0 ]; then
  # `make test` ran the whole quick suite there, and the operations tests above moved and restored
  # nodes on it; the deep tests run on it with a plain `make deep`.
  skipped+=("deep tests on PostgreSQL after a make test: run make deep")
elif reachable; then
  YIWANG_DATABASE=$PG run "$kind on PostgreSQL" "${pg_marks[@]}" --ignore tests/operations --ignore tests/architecture
elif [ "${YIWANG_REQUIRE_ALL:-}" = 1 ]; then
  failed=1; echo "!! PostgreSQL does not answer at $PG and everything is required"
else
  skipped+=("the suite on PostgreSQL: no server answers (PG=postgresql://user@host:port/name)")
fi
[ "$kind" = deep ] || skipped+=("deep and browser tests: run make deep")

for line in "${skipped[@]}"; do echo "SKIPPED: $line"; done
[ $failed = 0 ] && echo "$kind: all green" || echo "$kind: FAILED"
exit $failed
