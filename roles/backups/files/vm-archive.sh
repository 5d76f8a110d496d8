# How vm-backup proves an archive of vzdump: read in by it, and no program of its own. Uses `fail` and `$scratch` of its reader.
#
#   check_archive FILE   fails with what is wrong; how far it was proved stands in $scratch/level then
#
# The sums of a VMA cover the headers of the archive and of its extents (pve-qemu, vma_spec.txt); the bytes of disks are
# covered by the sum of each zstd frame, which zstd(1) writes unless it is told not to. Together they are all of it.

# unpack FILE: vzdump(1), --compress
unpack() {
  case $1 in
    *.zst) zstd -q -d -c "$1" ;;
    *.gz | *.tgz) gzip -d -c "$1" ;;
    *.lzo) lzop -d -c "$1" ;;
    *) cat "$1" ;;
  esac
}

# read_through FILE COMMAND…: what COMMAND says of the unpacked archive goes to $scratch/said. A reader that ends early
# breaks the pipe of its writer, which is then no fault of the archive.
read_through() {
  archive=$1
  shift
  rm -f "$scratch/spoilt"
  ended=0
  { unpack "$archive" 2>"$scratch/error" || : >"$scratch/spoilt"; } |
    "$@" >"$scratch/said" 2>"$scratch/complaint" || ended=$?
  trouble=$(grep -v -i 'broken pipe' "$scratch/error" | tail -n 1)
  if [ -n "$trouble" ] || { [ "$ended" -eq 0 ] && [ -e "$scratch/spoilt" ]; }; then
    fail "$archive is corrupt: ${trouble:-it cannot be unpacked.}"
  fi
  [ "$ended" -eq 0 ] || fail "$archive is no whole archive: $(tail -n 1 "$scratch/complaint")"
}

# disks_in CONFIG: those that vzdump puts into an archive (qemu-server, PVE/VZDump/QemuServer.pm). Sections are snapshots.
disks_in() {
  sed -n '/^\[/q; s/^\(\(scsi\|virtio\|sata\|ide\|efidisk\|tpmstate\)[0-9][0-9]*\): /\1 /p' "$1" |
    grep -v -e 'media=cdrom' -e 'backup=0' -e cloudinit -e ' none' | cut -d ' ' -f 1 | sort
}

# A machine's: every cluster of every disk is there once, and every disk that its own configuration lists.
check_machine() {
  read_through "$1" vma verify -v -
  sed -n 's/^DEV: .* devname: drive-//p' "$scratch/said" | sed 's/-backup$//' | sort >"$scratch/disks"
  unpack "$1" 2>/dev/null | vma config - >"$scratch/inside" 2>"$scratch/complaint" ||
    fail "$1 holds no configuration: $(tail -n 1 "$scratch/complaint")"
  disks_in "$scratch/inside" >"$scratch/listed"
  lacking=$(comm -23 "$scratch/listed" "$scratch/disks" | paste -s -d , -)
  [ -z "$lacking" ] || fail "$1 lacks the disk $lacking, which its own configuration lists."
}

# A container's: pve-container, PVE/VZDump/LXC.pm.
check_container() {
  read_through "$1" tar -t -f -
  grep -q '^\(\./\)\{0,1\}etc/vzdump/pct\.conf$' "$scratch/said" || fail "$1 holds no configuration."
}

check_archive() {
  if is_volume "$1"; then
    check_volume "$1"
    echo "$level" >"$scratch/level"
    return
  fi
  [ -s "$1" ] || fail "$1 is missing or empty."
  level=content
  case $1 in
    *.tar | *.tar.* | *.tgz) check_container "$1" ;;
    *)
      if command -v vma >/dev/null; then
        check_machine "$1"
      else
        read_through "$1" cat
        level=integrity
      fi
      ;;
  esac
  echo "$level" >"$scratch/level"
}
