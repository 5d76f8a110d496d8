#!/bin/sh
# Types, format and lint, and who may import whom. All three are run; fails when one of them does.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/node_modules/.bin:$PATH"

failed=
check() {
  name=$1
  shift
  if output=$("$@" 2>&1); then
    echo "ok      $name"
  else
    echo "FAILED  $name"
    printf '%s\n' "$output"
    failed="$failed $name"
  fi
}

node scripts/require-node.mjs || exit 1
check types tsc --noEmit
check lint biome check --reporter=summary .
check rooms depcruise src --config .dependency-cruiser.js --output-type err-long

[ -z "$failed" ] || exit 1
