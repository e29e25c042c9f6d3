#!/usr/bin/env bash
# Runs the suite: `test` quickly, `deep` wholly; on SQLite, then on PostgreSQL.
# A run that skips something says so at the end; under YIWANG_REQUIRE_ALL=1 a skip is a failure.
# Sizes that a short run may lower, all said at the end: YIWANG_LOOKS=pairs, YIWANG_KILLS,
# YIWANG_EXAMPLES, YIWANG_SOAK_SECONDS.
set -uo pipefail
kind=$1
python=${PYTEST%% *}
failed=0
skipped=()
stories=(tests/journeys/test_app_as_files.py tests/journeys/test_supervise.py tests/journeys/test_to_the_notebook.py)

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
  # Deep tests take minutes each and their dear fixtures are the whole run's: whoever is done
  # takes from the other, instead of whole modules at a time.
  # One more at a time than there are cores: they wait for browsers, servers and leases.
  steal=(--dist worksteal -n 3)
  marks=("${steal[@]}"); pg_marks=("${steal[@]}" -m "not browser")
  for name in YIWANG_LOOKS YIWANG_KILLS YIWANG_EXAMPLES YIWANG_SOAK_SECONDS; do
    [ -z "${!name:-}" ] || skipped+=("what $name=${!name} leaves out: run make deep without it")
  done
  # After a `make test` on the same commit only the rest is needed; on PostgreSQL that is what
  # meets the database: every address and operation, deliveries, and processes killed at random.
  if [ -n "${YIWANG_AFTER_TEST:-}" ]; then
    marks=("${steal[@]}" -m "deep or browser")
    pg_marks=("${steal[@]}" -m "deep and not browser" tests/api tests/soak src/yiwang/nets/share/tests
      src/yiwang/kernel/pool src/yiwang/kernel/records src/yiwang/kernel/workflow)
    skipped+=("deep tests on PostgreSQL beside ${pg_marks[*]:4}: run make deep")
  fi
else
  marks=(-m "not deep and not browser"); pg_marks=(-m "not deep and not browser" --ignore tests/records_fuzz)
  skipped+=("the fuzzer of records on PostgreSQL: run make deep")
fi

run "$kind on SQLite" "${marks[@]}"
if reachable; then
  YIWANG_DATABASE=$PG run "$kind on PostgreSQL" "${pg_marks[@]}" --ignore tests/operations --ignore tests/architecture
  # What the browser sees is the same on both; these walk a whole story through it.
  [ "$kind" = test ] || YIWANG_DATABASE=$PG run "stories on PostgreSQL" "${steal[@]}" "${stories[@]}"
elif [ "${YIWANG_REQUIRE_ALL:-}" = 1 ]; then
  failed=1; echo "!! PostgreSQL does not answer at $PG and everything is required"
else
  skipped+=("the suite on PostgreSQL: no server answers (PG=postgresql://user@host:port/name)")
fi
[ "$kind" = deep ] || skipped+=("deep and browser tests: run make deep")

for line in "${skipped[@]}"; do echo "SKIPPED: $line"; done
[ $failed = 0 ] && echo "$kind: all green" || echo "$kind: FAILED"
exit $failed
