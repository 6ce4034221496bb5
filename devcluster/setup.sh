#!/usr/bin/env bash
# Installs what the machine lacks for the development cluster and for building images (with `browser`: also for tests in
# one; with `fuzz`: also for programs of 32 bits, which `make fuzz-dll` tests; with `valgrind`: also for counting instructions;
# with `proxies`: also proxies, for tests of accounts with one); returns at once when nothing is missing. Debian 12 or newer
# (or a derivative with the same package names), as root. Services of the machine are left alone: the cluster brings its own
# configuration and sockets.
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/machine.sh"

# package and a file that it brings
NEEDED=(
    "bzip2 /usr/bin/bzip2"
    "ca-certificates /etc/ssl/certs/ca-certificates.crt"
    "curl /usr/bin/curl"
    "git /usr/bin/git"
    "gcc /usr/bin/gcc"
    "g++ /usr/bin/g++"
    "libc6-dev /usr/include/stdio.h"
    "python3 /usr/bin/python3"
    "python3-dev /usr/bin/python3-config"
    "python3-venv /usr/share/doc/python3-venv"
    "xz-utils /usr/bin/xz"
    "openssl /usr/bin/openssl"
    "procps /usr/bin/ps"
    "util-linux /usr/bin/nsenter"
    "kmod /usr/bin/kmod"
    "iproute2 /usr/bin/ip"
    "nftables /usr/sbin/nft"
    "iptables /usr/sbin/iptables"
    "ipset /usr/sbin/ipset"
    "conntrack /usr/sbin/conntrack"
    "containerd /usr/bin/containerd"
    "runc /usr/sbin/runc"
    "containernetworking-plugins /usr/lib/cni/bridge"
    "buildah /usr/bin/buildah"
    "golang-github-containers-common /etc/containers/policy.json"
    "mmdebstrap /usr/bin/mmdebstrap"
    "debian-archive-keyring /usr/share/keyrings/debian-archive-keyring.gpg"
    "haproxy /usr/sbin/haproxy"
    "postgresql /usr/lib/postgresql"
    "pgbouncer /usr/sbin/pgbouncer"
    "g++-mingw-w64-x86-64-posix /usr/bin/x86_64-w64-mingw32-g++-posix"
    "g++-mingw-w64-i686-posix /usr/bin/i686-w64-mingw32-g++-posix"
    "binutils-mingw-w64-x86-64 /usr/bin/x86_64-w64-mingw32-objcopy"
)

# What only tests in a browser need.
NEEDED_BY_BROWSER=("chromium-headless-shell /usr/bin/chromium-headless-shell")

# What only programs of 32 bits need.
NEEDED_BY_FUZZ=("g++-multilib /usr/share/doc/g++-multilib")

# What only the count of instructions needs.
NEEDED_BY_COUNT=("valgrind /usr/include/valgrind/callgrind.h")

# What only tests of accounts with a proxy need.
NEEDED_BY_PROXIES=("dante-server /usr/sbin/danted" "tinyproxy-bin /usr/bin/tinyproxy")

missing_packages() { # ["browser"|"fuzz"|"valgrind"|"proxies"]
    local entry wanted=("${NEEDED[@]}")
    [ "${1:-}" != browser ] || [ -x "${CHROMIUM:-}" ] || wanted+=("${NEEDED_BY_BROWSER[@]}")
    [ "${1:-}" != fuzz ] || wanted+=("${NEEDED_BY_FUZZ[@]}")
    [ "${1:-}" != valgrind ] || wanted+=("${NEEDED_BY_COUNT[@]}")
    [ "${1:-}" != proxies ] || wanted+=("${NEEDED_BY_PROXIES[@]}")
    for entry in "${wanted[@]}"; do
        [ -e "${entry#* }" ] || echo "${entry% *}"
    done
}

install_packages() { # PACKAGE...
    local log
    log=$(mktemp --suffix=.log)
    say "installing $* (output in $log)"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install -y --no-install-recommends "$@"; } > "$log" 2>&1 ||
        die "apt-get could not install $*; read $log"
    rm -f "$log"
}

main() { # ["browser"|"fuzz"|"valgrind"|"proxies"]
    local missing
    mapfile -t missing < <(missing_packages "$@")
    if [ ${#missing[@]} -gt 0 ]; then
        [ "$(id -u)" = 0 ] || die "these packages are missing: ${missing[*]}. Run this as root: sudo $0"
        command -v apt-get > /dev/null ||
            die "this machine has no apt-get. Install by its own means what these Debian packages hold: ${missing[*]}"
        install_packages "${missing[@]}"
    fi
    "$DEVCLUSTER/uv.sh" > /dev/null
    machine_suffices
}

main "$@"
