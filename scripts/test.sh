#!/bin/sh
# Set-up, checks and every test. The last line is "N passed, N failed"; arguments go to vitest.
set -u
cd "$(dirname "$0")/.." || exit 1

sh scripts/setup.sh || { echo '0 passed, 1 failed'; exit 1; }
PATH="$PWD/node_modules/.bin:$PATH"
. scripts/home.sh

check=passed
sh scripts/check.sh || check=failed

projects='--project unit --project shell --project ssh --project lab'
if [ "$(id -u)" -ne 0 ]; then
  projects='--project unit --project shell --project ssh'
  echo 'Lab tests are left out: throwaway hosts need root. Run this as root for all tests.' >&2
fi

results=node_modules/.vitest-results.json
rm -f "$results"
# shellcheck disable=SC2086
vitest run $projects --reporter=default --reporter=json --outputFile.json="$results" "$@" </dev/null
vitest=$?
node scripts/test-summary.ts "$results" "$check" "$vitest"
