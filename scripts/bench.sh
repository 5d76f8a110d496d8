#!/bin/sh
# Measures tsplay beside other tools with the comparison harness whose folder TSPLAY_BENCH names.
#   scripts/bench.sh verify                       every peer leaves the same files behind
#   scripts/bench.sh peers WORKLOAD HOSTS RTT_MS  W1 (50 tasks), W2 (facts), W3 (one command), W4 (100 MB)
#   scripts/bench.sh                              verify, then W1 and W3 on 10 hosts at 0 and 20 ms
# PEERS chooses the tools (default: tsplay alone), OUT the file that gets one JSON line for each run.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x "${TSPLAY_BENCH:-}/run.sh" ]; then
  echo 'TSPLAY_BENCH has to name the folder of the comparison harness (with run.sh and lab.sh in it).' >&2
  exit 5
fi
if [ "$(id -u)" -ne 0 ]; then
  echo 'The harness starts SSH servers and needs root.' >&2
  exit 5
fi

# A loopback of its own: no other SSH server, proxy or run of this can be in the way.
if [ -z "${TSPLAY_BENCH_INSIDE:-}" ]; then
  TSPLAY_BENCH_INSIDE=yes exec unshare --net sh -c 'ip link set lo up && exec sh "$@"' bench "$PWD/scripts/bench.sh" "$@"
fi

work=$(mktemp -d)
export LAB="${LAB:-$work/lab}"
export NODE="$PWD/node_modules/.bin/node"
export TSPLAY="$PWD/bench/tsplay.sh"
export PEERS="${PEERS:-tsplay}"
export OUT="${OUT:-$work/results.jsonl}"

# A copy: the harness keeps results beside itself, and its own folder may be read-only.
cp -R "$TSPLAY_BENCH" "$work/harness"
chmod -R u+w "$work/harness"
trap 'cd "$work/harness" && ./lab.sh down; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$work/harness"
mkdir -p "$LAB"
if [ $# -gt 0 ]; then
  ./run.sh "$@"
else
  ./run.sh verify
  for rtt in 0 20; do
    ./run.sh peers W1 10 "$rtt"
    ./run.sh peers W3 10 "$rtt"
  done
fi
[ ! -s "$OUT" ] || /usr/bin/python3 - "$OUT" <<'TABLE'
import json, statistics, sys

runs = {}
for line in open(sys.argv[1]):
    run = json.loads(line)
    runs.setdefault((run["peer"], run["work"], run["n"], run["rtt"], run["phase"]), []).append(run)
print(f"{'peer':16}{'work':6}{'hosts':>6}{'rtt ms':>8} {'phase':11}{'seconds':>8}{'cpu s':>8}  runs")
for (peer, work, n, rtt, phase), group in runs.items():
    wall, cpu = (statistics.median(run[key] for run in group) for key in ("wall", "cpu"))
    print(f"{peer:16}{work:6}{n:>6}{rtt:>8} {phase:11}{wall:8.2f}{cpu:8.2f}  {len(group)}")
TABLE
