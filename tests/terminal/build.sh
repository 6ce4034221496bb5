#!/bin/bash
# build.sh OUT: makes OUT/terminal64.exe, OUT/Bridge.ex5 and OUT/Executor.ex5 (the shipped MQL sources, compiled as C++) with mingw.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: build.sh OUT}
bridge=$here/../../bridge_ea
cxx=${CXX:-}
if [ -z "$cxx" ]; then
    cxx=$(command -v x86_64-w64-mingw32-g++-posix x86_64-w64-mingw32-g++ | head -1) ||
        { echo "build.sh: no mingw compiler; install g++-mingw-w64-x86-64-posix" >&2; exit 1; }
fi
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++17 -O2 -Wall -Wextra -Werror -static -s -ffile-prefix-map="$here"=. -ffile-prefix-map="$work"=. -Wl,--no-insert-timestamp)

for program in Bridge Executor; do
    PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 python3 -m compiler "$bridge/mql5/$program.mq5" > "$work/$program.cpp"
    "$cxx" "${flags[@]}" -D__MQL5__ -shared -I"$here/runtime" -o "$out/$program.ex5" "$work/$program.cpp" "$here/runtime/mql.cpp"
done
"$cxx" "${flags[@]}" -municode -mwindows -o "$out/terminal64.exe" "$here"/terminal/*.cpp -lws2_32
