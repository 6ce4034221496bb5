#!/usr/bin/env bash
# Prints where one of Debian's programs for Prometheus is: promtool, prometheus or alertmanager. They are taken out of their
# packages: to install those would start services on this machine.
# usage: devcluster/prometheus.sh PROGRAM
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"
case "${1:-}" in
    promtool | prometheus) package=prometheus file=$1 ;;
    alertmanager) package=prometheus-alertmanager file=prometheus-alertmanager ;;
    *) die "which program: promtool, prometheus or alertmanager?" ;;
esac
kept="$DEVCLUSTER/../build/prometheus"

if [ ! -x "$kept/$file" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    # apt compares the package with the signed lists of the archive.
    { apt-get download "$package" || { apt-get update && apt-get download "$package"; }; } > log 2>&1 ||
        die "apt-get could not fetch $package: $(tail -1 log)"
    dpkg-deb -x "$package"_*.deb tree
    mkdir -p "$kept"
    # Debian's Alertmanager reads these at a fixed place of the machine: whoever starts it shows them to it there.
    if [ -d tree/usr/share/prometheus/alertmanager ]; then
        mkdir -p "$kept/templates"
        cp tree/usr/share/prometheus/alertmanager/*.tmpl "$kept/templates/"
    fi
    # Two at once may fetch the same program: each moves a whole one to its place.
    for program in tree/usr/bin/prom*; do
        cp "$program" "$kept/$(basename "$program").$$"
        mv "$kept/$(basename "$program").$$" "$kept/$(basename "$program")"
    done
fi
realpath "$kept/$file"
