#!/usr/bin/env bash
# translate.sh OUT: writes the modules of a decision as C, OUT/MODULE.c; the same C for the same sources. With the Cython
# that uv.lock names, and $LOCKSTEP_UV if that is set.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
out=$(realpath "$1")
uv=${LOCKSTEP_UV:-$(devcluster/uv.sh)}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r core/src/lockstep_core "$scratch/"

# Nothing becomes a C number, neither by its annotation nor by what is assigned to it: answers are Python's to the last digit.
# shellcheck disable=SC2016
translate='mkdir -p "$(dirname "$0/$1.c")" && exec cython -3 -X annotation_typing=False -X infer_types=False -X auto_pickle=False \
    -o "$0/$1.c" "lockstep_core/$1.py"'
mapfile -t modules < <(grep -v '^#' core/native/modules)
sources=("${modules[@]/#/$scratch/lockstep_core/}")
python3 core/native/private.py "${sources[@]/%/.py}"
printf '%s\n' "${modules[@]}" | "$uv" run --quiet --frozen --isolated --only-group native \
    env -C "$scratch" xargs -P "$(nproc)" -I{} bash -c "$translate" "$out" {}
