#!/bin/sh
# slim.sh FOLDER: drops the debug sections of Wine's Windows-side files, two thirds of their size.
# objcopy with the alignments, never `strip`: that packs the sections to 512 bytes, after which Wine cannot map the files
# and every process reads a private copy into memory (a pod's memory doubles).
set -eu
find "$1" -type f -path '*-windows/*' \( -name '*.dll' -o -name '*.exe' -o -name '*.drv' -o -name '*.sys' -o -name '*.ocx' \
    -o -name '*.cpl' -o -name '*.acm' -o -name '*.ax' -o -name '*.ds' -o -name '*.com' -o -name '*.vxd' \) -print0 |
    xargs -0 -P2 -n1 x86_64-w64-mingw32-objcopy -p --strip-debug --file-alignment 4096 --section-alignment 4096
# without these words in the DOS stub Wine takes a file for a foreign one and does not load its Unix half
grep -q 'Wine builtin DLL' "$1/x86_64-windows/ntdll.dll"
