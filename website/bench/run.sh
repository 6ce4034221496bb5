#!/usr/bin/env bash
# Runs a script of this folder in Node with what it needs, from PyPI and npm: run.sh browser.mjs < wanted.json
# A Chromium must be there: that of `devcluster/setup.sh browser`, or the one that CHROMIUM names.
set -euo pipefail

BENCH=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
node=$BENCH/../../devcluster/node.sh
if [ ! -x "${CHROMIUM:-/usr/bin/chromium-headless-shell}" ]; then
    echo "There is no Chromium: devcluster/setup.sh browser installs one, or name one in CHROMIUM." >&2
    exit 1
fi

cd "$BENCH"
if ! cmp -s package-lock.json node_modules/.installed; then
    "$node" npm install --no-save --ignore-scripts --no-audit --no-fund --silent >&2
    cp package-lock.json node_modules/.installed
fi
exec "$node" node "$@"
