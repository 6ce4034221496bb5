#!/usr/bin/env bash
# Prints a folder for PYTHONPATH that holds lockstep_core as routers run it: with the modules of a decision compiled, here
# for the Python of .venv. It is made where there is none for these sources yet (about a minute), in the cache; those that
# nobody asked for in a week are removed.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
# shellcheck source=/dev/null
source devcluster/lib/say.sh
python=.venv/bin/python

key() {
    { "$python" -c 'import sys, sysconfig; print(sys.version, sysconfig.get_config_var("EXT_SUFFIX"))'
      find core/src core/native uv.lock -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum; } |
        sha256sum | cut -c1-12
}

make_it() { # FOLDER
    local log=$1.log
    say "compiling the modules of a decision (output in $log)"
    scratch=$(mktemp -d "$1.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    mkdir "$scratch/c" "$scratch/made"
    cp -r core/src/lockstep_core "$scratch/made/"
    find "$scratch/made" -name __pycache__ -prune -exec rm -r {} +
    { core/native/translate.sh "$scratch/c" && core/native/compile.sh "$scratch/c" "$scratch/made/lockstep_core" "$python"; } \
        > "$log" 2>&1 || die "they could not be compiled; read $log"
    mv "$scratch/made" "$1"
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/native
mkdir -p "$cache"
folder=$cache/$(key)
exec 9> "$cache/lock"
flock 9
[ -d "$folder" ] || make_it "$folder" >&2
touch "$folder"
find "$cache" -mindepth 1 -maxdepth 1 -not -name lock -mtime +7 -exec rm -rf {} +
echo "$folder"
