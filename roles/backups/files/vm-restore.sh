# Restores, in earnest and tried: read in by vm-backup, and no program of its own. Uses `setting`, `read_config`, `verify`,
# `fail` and `$scratch` of its reader, which removes the machine $scratch_vm when it ends.

# Reading a large archive takes as long as restoring it.
read_first() {
  [ "${VM_BACKUP_READ:-}" = 1 ] || verify "$1" >/dev/null
}

exists() {
  qm config "$1" >"$scratch/config" 2>"$scratch/error"
}

# qmrestore removes the disks of the machine that it replaces, so that machine has to be named.
make_way() {
  exists "$1" || return 0
  there=$(setting name)
  [ "${VM_RESTORE_OVERWRITE:-}" = "$there" ] && [ -n "$there" ] ||
    fail "VM $1 exists: it is \"$there\". To replace it and its disks, restore_overwrite has to say that name."
  ! qm status "$1" | grep -q running || qm stop "$1" >&2
  force='--force 1'
}

restore() {
  file=$1 vmid=$2 storage=${3:-} force=
  begin=$(date +%s%N)
  read_first "$file"
  make_way "$vmid"
  # shellcheck disable=SC2086
  qmrestore "$file" "$vmid" ${storage:+--storage "$storage"} $force ${VM_RESTORE_UNIQUE:+--unique "$VM_RESTORE_UNIQUE"} >&2 ||
    fail "VM $vmid was not restored from $file."
  read_config "$vmid"
  printf '{"path":"%s","vmid":%s,"name":"%s","milliseconds":%s}\n' "$file" "$vmid" "$(setting name)" \
    $((($(date +%s%N) - begin) / 1000000))
}

is_drill() {
  exists "$1" && setting tags | tr ';,' '\n\n' | grep -qx tsplay-drill
}

# Of an earlier drill that was killed: only what says that it is one.
clear_drill() {
  ! is_drill "$1" || destroy "$1"
}

destroy() {
  ! qm status "$1" | grep -q running || qm stop "$1" >&2
  qm destroy "$1" --destroy-unreferenced-disks 0 >&2
}

# Nothing of it may reach the network, start with the host, or hold hardware that another machine needs.
tame() {
  memory=$(setting memory | tr -cd 0-9)
  set -- "$1" --tags tsplay-drill --onboot 0 --protection 0 --name "drill-$(setting name)"
  [ "${memory:-0}" -le "${VM_DRILL_MEMORY:-1024}" ] || set -- "$@" --memory "${VM_DRILL_MEMORY:-1024}" --balloon 0
  for card in $(sed -n 's/^\(net[0-9]*\): .*/\1/p' "$scratch/config"); do
    set -- "$@" "--$card" "$(setting "$card" | sed 's/,link_down=[01]//'),link_down=1"
  done
  hardware=$(sed -n 's/^\(hostpci[0-9]*\|usb[0-9]*\): .*/\1/p' "$scratch/config" | paste -s -d , -)
  [ -z "$hardware" ] || set -- "$@" --delete "$hardware"
  qm set "$@" >&2
}

await_agent() {
  waited=0
  until qm guest cmd "$1" ping >/dev/null 2>"$scratch/error"; do
    [ "$waited" -lt "${VM_DRILL_WAIT:-300}" ] ||
      fail "VM $1 was started from $file and gives no answer: $(tail -n 1 "$scratch/error")"
    waited=$((waited + 1))
    sleep 1
  done
}

# Its own exit code says whether the agent took the command, not how that ended.
check_inside() {
  qm guest exec "$1" -- sh -c "$VM_DRILL_CHECK" >"$scratch/check" 2>&1 || :
  grep -q '"exitcode" *: *0[^0-9]' "$scratch/check" ||
    fail "It was restored and answers, and the check failed: $(tr '\n' ' ' <"$scratch/check")"
}

drill() {
  file=$1 vmid=$2 storage=${3:-}
  begin=$(date +%s%N)
  read_first "$file"
  clear_drill "$vmid"
  ! exists "$vmid" || fail "VM $vmid exists and is not of a drill: name another number."
  qmrestore "$file" "$vmid" ${storage:+--storage "$storage"} --unique 1 >&2 || fail "VM $vmid was not restored from $file."
  scratch_vm=$vmid
  read_config "$vmid"
  tame "$vmid"
  setting agent | grep -q '^\(enabled=\)\{0,1\}1' || fail "The machine of $file has no guest agent: nothing in it can answer."
  qm start "$vmid" >&2
  await_agent "$vmid"
  [ -z "${VM_DRILL_CHECK:-}" ] || check_inside "$vmid"
  ms=$((($(date +%s%N) - begin) / 1000000))
  scratch_vm=
  destroy "$vmid"
  printf '{"path":"%s","answered":"agent","milliseconds":%s}\n' "$file" "$ms"
}
