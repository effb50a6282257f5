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

# files RESULTS TIMEOUT-MS AT-ONCE GLOB. The spec reporter is for people, the other's closing lines for count().
files() {
  bin/node24 --test --test-timeout="$2" --test-concurrency="$3" \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$results/$1" "$4" </dev/null
}

# suite GROUP TIMEOUT-MS AT-ONCE: test/GROUP, so many files at a time. Each works in namespaces and folders of its own, and
# mostly waits. A file NAME.alone.test.ts compares times, which neighbours disturb, and runs afterwards.
suite() {
  group=$1
  status=0
  echo "=== $group"
  files "$group" "$2" "$3" "test/$group/**/!(*.alone).test.ts" || status=1
  if [ -n "$(find "test/$group" -name '*.alone.test.ts')" ]; then
    files "$group-alone" "$2" 1 "test/$group/**/*.alone.test.ts" || status=1
    cat "$results/$group-alone" >>"$results/$group"
  fi
  judge "$group" "$status"
}

echo '=== check'
UNIT_RESULTS=$results/check sh tools/check.sh </dev/null
judge check $?
suite kernel 300000 3
suite e2e 900000 2
suite clients 900000 2
suite fault 900000 2

echo "=== total$summary"
if [ -n "$failed" ]; then
  echo "npm test: failed:$failed" >&2
  exit 1
fi
echo 'npm test: all passed'
