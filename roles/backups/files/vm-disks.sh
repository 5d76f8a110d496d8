# Which disks a backup shares with its machine: read in by vm-backup, and no program of its own. Uses `ask`, `text` and
# `$scratch` of its reader; the machine's configuration stands in $scratch/config.
#
#   shared_disks FILE   their names, one a line

# disks_of PATH|DEVICE: the disks below it; where none can be named, its file system
disks_of() {
  if [ -b "$1" ]; then
    lsblk -sln -o NAME,TYPE "$1" | awk '$2 == "disk" { print $1 }'
    return
  fi
  below=$(findmnt -n -o FSTYPE,SOURCE -T "$1" | tail -n 1 | sed 's/\[.*//')
  case $below in
    zfs\ *) disks_of_pool "$(printf '%s' "${below#zfs}" | tr -d ' ' | cut -d / -f 1)" ;;
    *\ /dev/*) if [ -b "/dev/${below#*/dev/}" ]; then disks_of "/dev/${below#*/dev/}"; else echo "${below#*/dev/}"; fi ;;
    nfs* | cifs* | *ceph*) printf '%s\n' "${below##* }" ;;
    *) printf 'the file system %s\n' "$(findmnt -n -o TARGET -T "$1" | tail -n 1)" ;;
  esac
}

disks_of_pool() {
  zpool status -L -P "$1" | awk '$1 ~ /^\// { print $1 }' | while read -r device; do disks_of "$device"; done
}

disks_of_storage() {
  ask "/storage/$1"
  pool=$(text pool <"$scratch/answer") group=$(text vgname <"$scratch/answer") path=$(text path <"$scratch/answer")
  if [ -n "$pool" ]; then
    disks_of_pool "${pool%%/*}"
  elif [ -n "$group" ]; then
    pvs --noheadings -o pv_name -S "vg_name=$group" | while read -r device; do disks_of "$device"; done
  elif [ -n "$path" ]; then
    disks_of "$path"
  fi
}

# Both the machine and its backup go with such a disk.
shared_disks() {
  disks_of "$1" | sort -u >"$scratch/own"
  sed -n 's/^\(scsi\|virtio\|sata\|ide\|efidisk\|tpmstate\)[0-9]*: \([^:,]*\):.*/\2/p' "$scratch/config" | sort -u |
    while read -r storage; do disks_of_storage "$storage"; done | sort -u >"$scratch/theirs"
  comm -12 "$scratch/own" "$scratch/theirs"
}
