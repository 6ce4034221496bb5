#!/bin/bash
# check_mql.sh: checks the MQL sources with MetaQuotes' own compiler (build 1162 of 2015): 0 errors, 0 warnings.
#   MQL_EXE       the compiler, which cannot be shipped here; default ../shared/tools/mql.exe beside the checkout
#   WINE_ROOTFS   a root file system with Wine (32-bit halves included), e.g. an unpacked or mounted `wine` image, used by
#                 chroot as root; without it the machine's own `wine` is taken
# Works on a copy: CRLF line ends, MQL_2015 defined, '#property service' (younger than that compiler) removed.
# Exit status: 0 clean, 1 errors or warnings, 77 could not run (says why).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compiler=${MQL_EXE:-$here/../../shared/tools/mql.exe}
rootfs=${WINE_ROOTFS:-}

skip() { echo "check_mql: skipped: $*" >&2; exit 77; }
[ -f "$compiler" ] || skip "no compiler; give its path as MQL_EXE"
if [ -n "$rootfs" ]; then
    [ -d "$rootfs/usr/lib/x86_64-linux-gnu/wine" ] || skip "no Wine in WINE_ROOTFS=$rootfs"
    [ "$(id -u)" = 0 ] || skip "WINE_ROOTFS needs root (chroot)"
else
    command -v wine >/dev/null || skip "no Wine on this machine; give WINE_ROOTFS"
fi

work=$(mktemp -d "${rootfs:-}/tmp/mqlcheck.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$compiler" "$work/mql.exe"
cp -r "$here/mql5" "$here/mql4" "$here/generated" "$work/"
echo '#define MQL_2015' > "$work/mql5/Dialect.mqh"
find "$work" -name '*.mq[h45]' -exec sed -i -e '/^#property service/d' -e 's/\r*$/\r/' {} +
[ -z "$rootfs" ] || chown -R 1000:1000 "$work"

# In namespaces of its own, so that Wine's background processes end with it and nothing reaches a network.
# shellcheck disable=SC2016 # expanded inside
in_wine='mount -t proc proc "$0/proc"; chroot --userspec=1000:1000 "$0" env -i HOME="$1" PATH=/usr/bin:/bin LANG=C.UTF-8 \
    WINEDEBUG=-all WINEPREFIX="$1/prefix" WINEDLLOVERRIDES="mscoree,mshtml=" sh -c "cd $1 && for n in 4 5; do (cd mql\$n && for f in *.mq\$n; do wine ../mql.exe /mql\$n /s \$f; done); done; wineserver -k"; exit $?'
compile() {
    if [ -n "$rootfs" ]; then
        unshare --net --pid --fork --mount --kill-child bash -c "$in_wine" "$rootfs" "${work#"$rootfs"}"
    else
        for n in 4 5; do
            (cd "$work/mql$n" && for source in *.mq$n; do WINEDEBUG=-all wine ../mql.exe "/mql$n" /s "$source"; done)
        done
    fi
}
output=$(compile 2>/dev/null | tr -d '\r' | grep -E 'error|warning|Result' || true)
echo "$output"
programs=$(find "$here/mql4" "$here/mql5" -name '*.mq[45]' | wc -l)
clean=$(grep -cE 'Result:* 0 error\(s\), 0 warning\(s\)' <<<"$output" || true)
[ "$clean" = "$programs" ] || { echo "check_mql: $clean of $programs programs are clean" >&2; exit 1; }
echo "check_mql: $clean programs, 0 errors, 0 warnings"
