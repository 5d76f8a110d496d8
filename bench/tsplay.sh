#!/bin/sh
# tsplay.sh WORKLOAD    runs tsplay once against the comparison harness's hosts ($INV, see docs/benchmarks.md).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
inventory="$INV/ansible.ini"
cd "$CP"
case $1 in
  W1) exec "$here/../bin/tsplay" run "$here/w1/site.yml" -i "$inventory" -f 50 ;;
  W2) exec "$here/../bin/tsplay" exec all -i "$inventory" -f 50 -m setup ;;
  W3 | W3raw) exec "$here/../bin/tsplay" exec all -i "$inventory" -f 50 -- uptime ;;
  W4) exec "$here/../bin/tsplay" run "$here/w4.yml" -i "$inventory" -f 50 ;;
  *) echo "unknown workload $1" >&2; exit 2 ;;
esac
