#!/bin/bash
# run_in_wine.sh [pytest arguments | --bench [ROUNDS]]: runs the tests that need Wine on a machine without Wine.
# It mounts the `terminal` image, which has Wine and the agent, or else the `wine` image (built by images/build.sh) with buildah
# and enters it by chroot, so it needs root. It also runs
# bridge_ea/check_mql.sh if MetaQuotes' compiler is there.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/images
python=${PYTHON:-$repository/.venv/bin/python}

fail() { echo "run_in_wine: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root (chroot, mounts)"
if [ -z "${WINE_ROOTFS:-}" ]; then
    [ -f "$repository/build/images.json" ] || fail "no images; run images/build.sh wine"
    image=$(python3 -c 'import json,sys; images = json.load(open(sys.argv[1])); print(images.get("terminal") or images.get("wine", ""))' "$repository/build/images.json")
    [ -n "$image" ] || fail "no wine image; run images/build.sh wine"
    driver=$(cat "$cache/storage/driver")
    buildah=(buildah --root "$cache/storage/$driver" --runroot "/run/lockstep-images-$(id -u)" --storage-driver "$driver")
    container=$("${buildah[@]}" from --pull-never "$image")
    trap '"${buildah[@]}" umount "$container" >/dev/null; "${buildah[@]}" rm "$container" >/dev/null' EXIT
    WINE_ROOTFS=$("${buildah[@]}" mount "$container")
    export WINE_ROOTFS
fi
cd "$repository"
if [ "${1:-}" = --bench ]; then
    PYTHONPATH=.:tests/terminal "$python" tests/terminal/bench.py "${@:2}"
    exit
fi
"$python" -m pytest -m wine "${@:-tests/terminal/tests}" bridge_ea/tests
