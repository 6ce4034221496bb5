#!/usr/bin/env bash
# check_real.sh ACCOUNT: whether the MetaTrader 5 that you supplied logs in at a demo account of yours, as MetaQuotes' own package sees it.
# ACCOUNT is a file that you alone can read, with {"login": 123, "password": "…", "server": "Broker-Demo"}.
# The image must be built: MT5_TREE=folder MT5_SHA256=… images/build.sh mt5_checker. Needs root (chroot).
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/images
fail() { echo "check_real: $*" >&2; exit 1; }

[ $# = 1 ] || fail "name the file with the account: make conformance ACCOUNT=file"
[ -r "$1" ] || fail "$1 cannot be read"
image=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get("mt5_checker", ""))' "$repository/build/images.json")
[ -n "$image" ] || fail "no image mt5_checker; run MT5_TREE=folder MT5_SHA256=… images/build.sh mt5_checker"
driver=$(cat "$cache/storage/driver")
buildah=(buildah --root "$cache/storage/$driver" --runroot "/run/lockstep-images-$(id -u)" --storage-driver "$driver")
container=$("${buildah[@]}" from --pull-never "$image")
trap '"${buildah[@]}" rm "$container" > /dev/null' EXIT
"$repository/.venv/bin/python" "$repository/tests/terminal/real_terminal.py" "$1" \
    "${buildah[@]}" run --isolation chroot "$container" -- /opt/lockstep/checker/check.sh
