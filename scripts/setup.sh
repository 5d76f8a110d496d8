#!/bin/sh
# Makes a clone ready: Node packages from package-lock.json, and the Debian packages that tests and the
# demonstration use. Cheap when there is nothing to do. `--node-only` leaves Debian packages alone.
set -eu
cd "$(dirname "$0")/.."

debian_packages='age ansible-core busybox cron curl doas dpkg-dev e2fsprogs etcd-client etcd-server fish git iproute2 jq mksh mmdebstrap openssh-client
openssh-server openssl procps rsync sudo systemd-container tcsh tmux uidmap unzip wget xz-utils zip bzip2 zstd'

. scripts/home.sh

missing_debian_packages() {
  for package in $debian_packages; do
    case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) in
      installed) ;;
      *) printf ' %s' "$package" ;;
    esac
  done
}

install_debian_packages() {
  command -v dpkg-query >/dev/null || return 0
  missing=$(missing_debian_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "Some tests need Debian packages that are not installed:$missing" >&2
    echo "Install them as root: apt-get install$missing" >&2
    return 0
  fi
  echo "Installing Debian packages:$missing"
  # openssh-server must not start a server of its own here: tests start theirs, on loopback.
  policy=/usr/sbin/policy-rc.d
  made_policy=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made_policy=yes
  fi
  status=0
  # shellcheck disable=SC2086
  apt_install $missing || { apt-get update -qq && apt_install $missing; } || status=$?
  [ -z "$made_policy" ] || rm -f "$policy"
  return "$status"
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" </dev/null >/dev/null
}

install_node_packages() {
  stamp=node_modules/.installed-lock
  if [ -f "$stamp" ] && cmp -s package-lock.json "$stamp"; then return 0; fi
  echo 'Installing Node packages with npm ci'
  npm ci --loglevel=error </dev/null
  cp package-lock.json "$stamp"
}

[ "${1:-}" = --node-only ] || install_debian_packages
install_node_packages
PATH="$PWD/node_modules/.bin:$PATH"
node scripts/require-node.mjs
if [ ! -e dist/main.js ] || [ -n "$(find src scripts/kept-checks.ts rolldown.config.ts package.json -newer dist/main.js -print | head -n 1)" ]; then
  rolldown --config rolldown.config.ts >/dev/null
fi
