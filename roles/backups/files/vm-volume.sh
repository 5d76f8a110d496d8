# Backups on a Proxmox Backup Server, as vm-backup meets them: read in by it, and no program of its own. Uses `ask`, `text`,
# `number`, `setting`, `quoted_list`, `fail` and `$scratch` of its reader.
#
# They are volumes STORAGE:backup/vm/ID/TIME of a storage of type pbs, of which no file can be read. The server verifies
# them itself, chunk by chunk, and Proxmox tells what it found (pve-storage, PVE/Storage/PBSPlugin.pm, `verification`): a
# state of "ok" counts as integrity; without one a backup is there, and no more is known.

is_volume() {
  case $1 in
    /*) return 1 ;;
    *:backup/*/*/*) return 0 ;;
    *) return 1 ;;
  esac
}

# is_server STORAGE
is_server() {
  ask "/storage/$1"
  [ "$(text type <"$scratch/answer")" = pbs ]
}

# contents STORAGE VMID: what Proxmox says of each backup, one a line, oldest first. A "},{" parts them: of values that
# may hold one, only notes of others do.
contents() {
  ask "/nodes/$node/storage/$1/content" --content backup --vmid "$2"
  sed 's/^\[//; s/\]$//; s/},{/}\n{/g' "$scratch/answer" | sed -n 's/.*"volid":"\([^"]*\)".*/\1 &/p' | sort |
    cut -d ' ' -f 2-
}

# about VOLUME: nothing when it is gone
about() {
  contents "${1%%:*}" "$(printf '%s' "$1" | cut -d / -f 3)" | grep -F "\"volid\":\"$1\"" || :
}

our_volumes() {
  contents "$1" "$2" | grep '"notes":"tsplay' | sed -n 's/.*"volid":"\([^"]*\)".*/\1/p'
}

check_volume() {
  about "$1" >"$scratch/volume"
  [ -s "$scratch/volume" ] || fail "$1 is missing: Proxmox does not list it."
  state=$(text state <"$scratch/volume")
  case $state in
    ok) level=integrity ;;
    '') level=exists ;;
    *) fail "$1 is corrupt: its verification on the Proxmox Backup Server has $state." ;;
  esac
}

# No disk of its own can be named: the server may be anywhere.
describe_volume() {
  about "$1" >"$scratch/volume"
  made=$(printf '%s' "$1" | cut -d / -f 4)
  printf '{"path":"%s","stamp":"%s","made":"%s","size":%s,"level":"%s","name":"%s","storage":"%s","shared_disks":[],"left_out":[%s]}\n' \
    "$1" "$(printf '%s' "$made" | tr -d :-)" "$made" "$(number size <"$scratch/volume")" "$level" "$(setting name)" \
    "${1%%:*}" "$(sed -n 's/^\([a-z]*[0-9]*\): .*backup=0.*/\1/p' "$scratch/config" | quoted_list)"
}
