#!/usr/bin/env bash
# Prints where Debian's promtool is, which checks rules of Prometheus. It is taken out of its package: to install the package
# would start a Prometheus on this machine.
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"
kept="$DEVCLUSTER/../build/promtool"

if [ ! -x "$kept/usr/bin/promtool" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    # apt compares the package with the signed lists of the archive.
    { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } > log 2>&1 ||
        die "apt-get could not fetch prometheus: $(tail -1 log)"
    dpkg-deb -x prometheus_*.deb tree
    mkdir -p "$kept/usr/bin"
    mv tree/usr/bin/promtool "$kept/usr/bin/promtool.new"
    mv "$kept/usr/bin/promtool.new" "$kept/usr/bin/promtool"
fi
realpath "$kept/usr/bin/promtool"
