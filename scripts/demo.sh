#!/bin/sh
# Shows the main job: three throwaway hosts with systemd and OpenSSH on this machine, a site of four roles run
# against them over SSH in parallel, and again with nothing left to change. Takes the hosts away at its end.
set -eu
cd "$(dirname "$0")/.."

sh scripts/setup.sh --node-only
. scripts/home.sh

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$*"; }
show() {
  printf '$ %s\n' "$*"
  "$@"
}

PATH="$PWD/bin:$PATH"
log=$(mktemp)
trap 'rm -f "$log"; tsplay lab down --lab demo' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Roles need hosts with a system of their own, and those need root.
backend=
[ "$(id -u)" -eq 0 ] || backend='--backend sshd'

say 'Three hosts: two web servers and a database (the first time, a base image is built)'
# shellcheck disable=SC2086
show tsplay lab up --lab demo -f lab.yml $backend

inventory=.tsplay/lab/demo/inventory.yml
if grep -q lab_root "$inventory"; then
  site="playbooks/no-root.yml -i $inventory"
  look='cat etc/motd etc/site/site.conf srv/site/index.html'
  say 'A playbook, over SSH, on all hosts at once: as root, it would be four roles on hosts with systemd'
else
  site="playbooks/demo.yml -i inventory/demo -i $inventory"
  look='cat /etc/motd; curl -s localhost:8080; echo "database answers:" $(curl -s localhost:8080/status)'
  say 'Four roles, over SSH, on all hosts at once'
fi
# Handlers that an interrupted demonstration left over belong to hosts that are gone.
# shellcheck disable=SC2086
show tsplay run $site --pending drop

say 'Again: every task is looked at, nothing is left to change'
printf '$ tsplay run %s\n' "$site"
# shellcheck disable=SC2086
tsplay run $site >"$log" || { cat "$log"; exit 1; }
sed -n '/^RECAP/,$p' "$log"
grep -q ', 0 changed' "$log" || { echo 'The second run changed something.' >&2; exit 1; }

say 'What the hosts say'
show tsplay lab ssh --lab demo web1 -- "$look"

say 'And away with them'
