#!/bin/sh
# npm run check: format, lint, types, layers, tidiness, unit tests. All run, whatever fails; the last line sums up.
# With UNIT_RESULTS=FILE, the unit tests' results are also written there, as TAP.
cd "$(dirname "$0")/.." || exit 1
failed=''
step() {
  name=$1
  shift
  echo "--- $name"
  "$@" || failed="$failed $name"
}
step format-and-lint node_modules/.bin/biome check --error-on-warnings .
step types node_modules/.bin/tsc -p .
step layers bin/node24 tools/layers.ts
step tidy bin/node24 tools/tidy.ts
step unit bin/node24 --test --test-timeout=60000 --test-reporter=spec --test-reporter-destination=stdout \
  ${UNIT_RESULTS:+--test-reporter=tap --test-reporter-destination="$UNIT_RESULTS"} 'src/**/*.test.ts' 'tools/**/*.test.ts'
if [ -n "$failed" ]; then
  echo "check: failed:$failed" >&2
  exit 1
fi
echo 'check: all passed'
