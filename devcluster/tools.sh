#!/usr/bin/env bash
# tools.sh GROUP: prints a folder whose bin/ has the tools of a group in tools/pyproject.toml (node, go, audit). They come from
# PyPI once, each file checked against its hash in tools/uv.lock, and are kept in the cache until the lock changes.
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"

group=${1:?a group of tools}
tools=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/tools
folder=$tools/$group-$(sha256sum "$DEVCLUSTER/tools/uv.lock" | cut -c1-12)
mkdir -p "$tools"
exec {lock}> "$folder.lock"
flock "$lock"
if [ ! -e "$folder/.complete" ]; then
    uv=${LOCKSTEP_UV:-$("$DEVCLUSTER/uv.sh")}
    say "getting $group from PyPI into $folder"
    UV_PROJECT_ENVIRONMENT=$folder "$uv" sync --quiet --frozen --project "$DEVCLUSTER/tools" --only-group "$group" >&2 ||
        die "$group could not be got from PyPI"
    touch "$folder/.complete"
fi
echo "$folder"
