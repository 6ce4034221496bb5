#!/usr/bin/env bash
# python_deps.sh PACKAGE OUT: unpacks the locked dependencies of a workspace member into OUT/deps, for the Python of the
# images. Wheels only, checked against the hashes in uv.lock; run in the root of the repository, with $LOCKSTEP_UV.
set -euo pipefail
uv=${LOCKSTEP_UV:?} package=$1 out=$2

"$uv" export --quiet --frozen --no-dev --no-emit-workspace --no-header --package "$package" --output-file "$out.requirements"
"$uv" pip install --quiet --target "$out/deps" --python-version 3.13 --python-platform x86_64-manylinux_2_28 \
    --only-binary :all: --no-deps --require-hashes --requirement "$out.requirements"
rm -rf "$out.requirements" "$out/deps/bin" "$out/deps/.lock" "$out/deps/.gitignore"
