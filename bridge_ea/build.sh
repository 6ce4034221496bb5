#!/bin/bash
# build.sh OUT: compiles OUT/lockstep.dll with mingw (CXX overrides the compiler, e.g. i686-w64-mingw32-g++ for MT4).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: build.sh OUT}
cxx=${CXX:-x86_64-w64-mingw32-g++-posix}
command -v "$cxx" >/dev/null || { echo "build.sh: no $cxx; install g++-mingw-w64-x86-64-posix" >&2; exit 1; }
mkdir -p "$out"
# --kill-at: MetaTrader looks up functions by their plain names, but a 32-bit stdcall export is called name@N without it.
# --no-insert-timestamp: the same sources give the same bytes.
"$cxx" -std=c++17 -O2 -Wall -Wextra -Werror -shared -static -s -I"$here/generated" \
    -ffile-prefix-map="$here"=. -Wl,--kill-at,--no-insert-timestamp \
    -o "$out/lockstep.dll" "$here"/dll/*.cpp -lws2_32
