#!/usr/bin/env bash
# compile.sh C OUT [PYTHON]: compiles what translate.sh wrote to C/ for a Python that has its headers, to OUT/MODULE.so.
set -euo pipefail
c=$(realpath "$1") out=$(realpath "$2") python=${3:-python3}

headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
if [ ! -f "$headers/Python.h" ]; then
    echo "compile: there is no $headers/Python.h; install python3-dev, or the headers of $python" >&2
    exit 1
fi
compile='mkdir -p "$(dirname "$2/$3")" && exec gcc -shared -fPIC -O2 -DNDEBUG -fwrapv -fno-strict-aliasing -w -s -I"$0" -o "$2/$3.so" "$1/$3.c"'
(cd "$c" && find . -name '*.c' -printf '%P\n') | sed 's/\.c$//' | sort |
    xargs -P "$(nproc)" -I{} bash -c "$compile" "$headers" "$c" "$out" {}
