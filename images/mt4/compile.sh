#!/bin/sh
# Compiles the bridge's program with the terminal's own MetaEditor, in a throw-away prefix.
set -eu
bridge=/opt/lockstep/bridge
work=$(mktemp -d)
export HOME="$work" WINEPREFIX="$work/prefix" WINEDEBUG=-all DISPLAY=:99

cp -a /opt/lockstep/prefix "$WINEPREFIX"
mkdir -p "$work/terminal/MQL4/Scripts/lockstep"
cp -a /opt/lockstep/terminal/. "$work/terminal/"
# Some files of MQL5's programs are MQL4's, too.
cp -a "$bridge/mql4" "$bridge/mql5" "$bridge/generated" "$work/terminal/MQL4/Scripts/lockstep/"
Xvfb :99 -screen 0 1024x768x24 -nolisten tcp > /dev/null 2>&1 &
xvfb=$!
trap 'wineserver -k || true; kill "$xvfb" || true; rm -rf "$work"' EXIT
cd "$work/terminal"
# MetaEditor answers with the number of compiled files, not with 0, so only the result tells
timeout 180 wine metaeditor.exe /portable "/compile:MQL4\\Scripts\\lockstep\\mql4\\Bridge.mq4" "/log:Bridge.log" || true
if [ ! -s MQL4/Scripts/lockstep/mql4/Bridge.ex4 ]; then
    echo "MetaEditor did not compile Bridge.mq4; it said:" >&2
    iconv -f UTF-16 -t UTF-8 Bridge.log >&2 2> /dev/null || cat Bridge.log >&2 || true
    exit 1
fi
cp MQL4/Scripts/lockstep/mql4/Bridge.ex4 "$bridge/"
