#!/usr/bin/env bash
# Prints the path of a uv: $LOCKSTEP_UV, the one on the PATH, or the one of tools/uv.txt, installed from PyPI into the cache.
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
VENV=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/uv
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"

if [ -n "${LOCKSTEP_UV:-}" ]; then
    echo "$LOCKSTEP_UV"
elif command -v uv; then
    exit
else
    if [ ! -x "$VENV/bin/uv" ]; then
        say "installing uv from PyPI into $VENV"
        { python3 -m venv "$VENV" && "$VENV/bin/pip" install -q --require-hashes -r "$DEVCLUSTER/tools/uv.txt"; } >&2 ||
            die "uv could not be installed; put one on the PATH (python3-venv must be installed: devcluster/setup.sh)"
    fi
    echo "$VENV/bin/uv"
fi
