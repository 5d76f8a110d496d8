#!/bin/sh
# Measures tsplay beside other tools with the comparison harness whose folder TSPLAY_BENCH names.
#   scripts/bench.sh                              all rows of docs/benchmarks.md, which it writes anew
#   scripts/bench.sh verify                       every peer leaves the same files behind
#   scripts/bench.sh peers WORKLOAD HOSTS RTT_MS  W1 (50 tasks), W2 (facts), W3 (one command), W4 (100 MB)
# PEERS chooses the tools (default: the floors, tsplay, and Ansible where it is installed), OUT the file that gets one
# JSON line for each run, REPS the runs of each figure (default 3; one for peers that take minutes).
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

home=$PWD
npm run build --silent
work=$(mktemp -d)
export LAB="${LAB:-$work/lab}"
export NODE="$home/node_modules/.bin/node"
export SSH2_NATIVE="${SSH2_NATIVE:-$home}"
export TSPLAY="$home/bench/tsplay.sh"
export OUT="${OUT:-$work/results.jsonl}"

floors='ssh2-script raw-script'
peers=
! command -v ansible-playbook >/dev/null || peers=ansible-tuned
[ ! -d /usr/share/python3/ansible_mitogen ] && [ ! -d /usr/lib/python3/dist-packages/ansible_mitogen ] || peers="ansible-mitogen $peers"
[ -z "${PYINFRA:-}" ] || peers="pyinfra $peers"

# A copy: the harness keeps results beside itself, and its own folder may be read-only.
cp -R "$TSPLAY_BENCH" "$work/harness"
chmod -R u+w "$work/harness"
trap 'cd "$work/harness" && ./lab.sh down; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$work/harness"
mkdir -p "$LAB"

# WORKLOAD HOSTS RTT_MS: floors and tsplay turn by turn, the peers after them.
row() {
  PEERS="tsplay $floors" ./run.sh peers "$@"
  [ -z "$peers" ] || REPS=1 PEERS="$peers" ./run.sh peers "$@"
}

# RTT_MS: W4 with a file of no bytes, after the row that made the hosts: what a run takes besides sending.
without_bytes() {
  export N=1 INV="$LAB/bench/inv" CP="$LAB/bench/cp"
  [ "$1" = 0 ] || ./lab.sh proxy "$1" 1
  mv "$LAB/src/big.bin" "$LAB/src/full.bin"
  : >"$LAB/src/big.bin"
  for rep in 1 2 3 4 5; do
    for peer in tsplay raw-script; do
      ./lab.sh reset 1
      rm -rf "$CP"
      mkdir -p "$CP"
      ./measure.py --log "$work/log" --out "$OUT" --meta "peer=$peer" work=W4 n=1 "rtt=$1" phase=empty "rep=$rep" -- \
        peers/peer.sh "$peer" W4
    done
  done
  mv "$LAB/src/full.bin" "$LAB/src/big.bin"
  [ "$1" = 0 ] || ./lab.sh proxy-down
}

if [ $# -gt 0 ]; then
  PEERS="${PEERS:-tsplay $floors $peers}" ./run.sh "$@"
else
  PEERS="tsplay $floors $peers" ./run.sh verify
  row W1 1 0
  row W1 1 20
  row W1 10 20
  row W1 10 100
  # The slower one takes six minutes for each of its runs there.
  (peers=${peers%% *} && row W1 50 0)
  row W3 10 20
  row W3 50 0
  for delay in 0 20; do
    (export REPS=5 && row W4 1 "$delay")
    without_bytes "$delay"
  done
fi
[ ! -s "$OUT" ] || (cd "$home" && "$NODE" scripts/bench-page.ts "$OUT" "$([ $# -gt 0 ] || echo docs/benchmarks.md)")
