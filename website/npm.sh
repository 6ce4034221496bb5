#!/usr/bin/env bash
# npm in this folder, with what package-lock.json names installed. The Node is that of devcluster/node.sh.
set -euo pipefail

WEBSITE=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
node=$WEBSITE/../devcluster/node.sh

cd "$WEBSITE"
installed=node_modules/.installed
if ! cmp -s package-lock.json "$installed"; then
    # Not `npm ci`: it refuses a lock without binaries for other platforms, which not every registry carries.
    "$node" npm install --no-save --ignore-scripts --no-audit --no-fund --silent
    cp package-lock.json "$installed"
fi
exec "$node" npm "$@"
