#!/bin/sh
# npm test: set-up, then every check and test. All groups run, whatever fails; the last lines sum up.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tools/setup/packages.sh"
. "$root/tools/setup/clients.sh"
cd "$root" || exit 1
need_root 'npm test'
engine_packages
test_packages
client_packages
node_modules

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed=''
summary=''

# count GROUP NAME: what the group's closing lines say.
count() { sed -n "s/^# $2 \([0-9]*\)$/\1/p" "$results/$1" 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }

# A group in which nothing ran has not shown anything, so it fails.
judge() {
  group=$1
  status=$2
  passed=$(count "$group" pass)
  skipped=$(count "$group" skipped)
  summary="$summary
  $group: $passed passed, $(count "$group" fail) failed, $skipped skipped"
  if [ "$status" -ne 0 ]; then
    failed="$failed $group"
  elif [ "$passed" -eq 0 ]; then
    failed="$failed $group(nothing-ran)"
  fi
}

# suite GROUP TIMEOUT-MS OPTION...: test/GROUP. The spec reporter is for people, the other's closing lines for count().
suite() {
  group=$1
  timeout=$2
  shift 2
  echo "=== $group"
  bin/node24 --test --test-timeout="$timeout" "$@" \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$results/$group" "test/$group/**/*.test.ts" </dev/null
  judge "$group" $?
}

echo '=== check'
UNIT_RESULTS=$results/check sh tools/check.sh </dev/null
judge check $?
suite kernel 300000
suite e2e 900000 --test-concurrency=1
suite clients 900000 --test-concurrency=1
suite fault 900000 --test-concurrency=1

echo "=== total$summary"
if [ -n "$failed" ]; then
  echo "npm test: failed:$failed" >&2
  exit 1
fi
echo 'npm test: all passed'
