#!/bin/sh
# Bakes the template of a Wine prefix: 66 MB, since the copies of Wine's own files become links to them (which are shared
# in memory, too). A pod copies it, because Wine writes into its prefix and refuses one that another user owns.
set -eu
export HOME=/tmp/prefix-home WINEPREFIX=/opt/lockstep/prefix WINEDEBUG=-all LANG=C.UTF-8
unset DISPLAY # nothing to draw on: no questions about a browser or .NET
wine=/usr/lib/x86_64-linux-gnu/wine
mkdir -p "$HOME"

# `wineserver -w` each time: the registry is written when the server ends
WINEDLLOVERRIDES='mscoree,mshtml=' wineboot -i
wineserver -w
wine regedit /S /opt/lockstep/wine/settings.reg
wineserver -w
test -s "$WINEPREFIX/system.reg"
# a changed time of wine.inf, as when image layers are unpacked, must not make Wine update the prefix at a pod's start
echo disable > "$WINEPREFIX/.update-timestamp"

link_originals() { # FOLDER-IN-WINDOWS FOLDER-OF-WINE
    find "$WINEPREFIX/drive_c/windows/$1" -type f | while read -r file; do
        original=$wine/$2/$(basename "$file")
        if cmp -s "$file" "$original"; then ln -sf "$original" "$file"; fi
    done
}
link_originals system32 x86_64-windows
link_originals syswow64 i386-windows

# the user's folders must not point into the home of this build
find "$WINEPREFIX/drive_c/users/trader" -type l -lname "$HOME*" | while read -r link; do rm "$link" && mkdir "$link"; done
rm -rf "$HOME" /tmp/.wine-*
