#!/bin/bash
# build.sh OUT: compiles OUT/terminal64.exe, OUT/Bridge.ex5 and OUT/Executor.ex5 with mingw.
# The two programs are the shipped MQL sources, translated to C++.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: build.sh OUT}
bridge=$here/../../bridge_ea
cxx=${CXX:-x86_64-w64-mingw32-g++-posix}
command -v "$cxx" >/dev/null || { echo "build.sh: no $cxx; install g++-mingw-w64-x86-64-posix" >&2; exit 1; }
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++17 -O1 -Wall -Wextra -Werror -DWIN32_LEAN_AND_MEAN "-ffile-prefix-map=$here=." "-ffile-prefix-map=$work=.")
link=(-static -s "-Wl,--no-insert-timestamp")

for program in Bridge Executor; do
    PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 python3 -m compiler "$bridge/mql5/$program.mq5" > "$work/$program.cpp"
done
compile() { # source object
    "$cxx" "${flags[@]}" -D__MQL5__ -I"$here/runtime" -c -o "$2" "$1"
}
running=()
for source in "$work"/*.cpp "$here/runtime/mql.cpp" "$here"/terminal/*.cpp; do
    kind=terminal
    case $source in "$work"/*) kind=program ;; */runtime/*) kind=runtime ;; esac
    compile "$source" "$work/$kind-$(basename "$source" .cpp).o" &
    running+=($!)
    if [ ${#running[@]} -ge "$(nproc)" ]; then
        wait "${running[0]}"
        running=("${running[@]:1}")
    fi
done
for job in "${running[@]}"; do wait "$job"; done

for program in Bridge Executor; do
    "$cxx" "${link[@]}" -shared -o "$out/$program.ex5" "$work/program-$program.o" "$work/runtime-mql.o"
done
"$cxx" "${link[@]}" -municode -mwindows -o "$out/terminal64.exe" "$work"/terminal-*.o -lws2_32
