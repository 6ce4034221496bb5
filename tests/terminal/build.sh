#!/bin/bash
# build.sh OUT [mt4]: compiles OUT/terminal64.exe, OUT/Bridge.ex5 and OUT/Executor.ex5 with mingw; or OUT/terminal.exe and OUT/Bridge.ex4.
# The programs are the shipped MQL sources, translated to C++.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: build.sh OUT [mt4]}
bridge=$here/../../bridge_ea
if [ "${2:-mt5}" = mt4 ]; then
    version=4 terminal=terminal.exe programs=(Bridge) shared=(utf)
    cxx=${CXX:-i686-w64-mingw32-g++-posix} package=g++-mingw-w64-i686-posix
else
    version=5 terminal=terminal64.exe programs=(Bridge Executor) shared=(utf mql)
    cxx=${CXX:-x86_64-w64-mingw32-g++-posix} package=g++-mingw-w64-x86-64-posix
fi
command -v "$cxx" >/dev/null || { echo "build.sh: no $cxx; install $package" >&2; exit 1; }
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++17 -O1 -Wall -Wextra -Werror -DWIN32_LEAN_AND_MEAN "-ffile-prefix-map=$here=." "-ffile-prefix-map=$work=.")
link=(-static -s "-Wl,--no-insert-timestamp")

for program in "${programs[@]}"; do
    PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 python3 -m compiler "$bridge/mql$version/$program.mq$version" > "$work/$program.cpp"
done
compile() { # source object [flags]
    "$cxx" "${flags[@]}" "${@:3}" "-D__MQL${version}__" -I"$here/runtime" -c -o "$2" "$1"
}
running=()
for source in "$work"/*.cpp "${shared[@]/#/$here/runtime/}" "$here"/terminal/*.cpp; do
    kind=terminal more=()
    # MQL has no way to say that a parameter is not used.
    case $source in "$work"/*) kind=program more=(-Wno-unused-parameter) ;; */runtime/*) kind=runtime source=$source.cpp ;; esac
    compile "$source" "$work/$kind-$(basename "$source" .cpp).o" "${more[@]}" &
    running+=($!)
    if [ ${#running[@]} -ge "$(nproc)" ]; then
        wait "${running[0]}"
        running=("${running[@]:1}")
    fi
done
for job in "${running[@]}"; do wait "$job"; done

for program in "${programs[@]}"; do
    "$cxx" "${link[@]}" -shared -o "$out/$program.ex$version" "$work/program-$program.o" "$work"/runtime-*.o
done
"$cxx" "${link[@]}" -municode -mwindows -o "$out/$terminal" "$work"/terminal-*.o -lws2_32
