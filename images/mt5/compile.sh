#!/bin/sh
# Compiles the bridge's programs with the terminal's own MetaEditor, in a throw-away prefix.
set -eu
bridge=/opt/lockstep/bridge
work=$(mktemp -d)
export HOME="$work" WINEPREFIX="$work/prefix" WINEDEBUG=-all DISPLAY=:99

cp -a /opt/lockstep/prefix "$WINEPREFIX"
mkdir -p "$work/terminal/MQL5/Experts/lockstep"
cp -a /opt/lockstep/terminal/. "$work/terminal/"
cp -a "$bridge/mql5" "$bridge/generated" "$work/terminal/MQL5/Experts/lockstep/"
Xvfb :99 -screen 0 1024x768x24 -nolisten tcp > /dev/null 2>&1 &
xvfb=$!
trap 'wineserver -k || true; kill "$xvfb" || true; rm -rf "$work"' EXIT
cd "$work/terminal"
for source in Bridge Executor; do
    # MetaEditor answers with the number of compiled files, not with 0, so only the result tells
    timeout 180 wine metaeditor64.exe /portable "/compile:MQL5\\Experts\\lockstep\\mql5\\$source.mq5" "/log:$source.log" || true
    if [ ! -s "MQL5/Experts/lockstep/mql5/$source.ex5" ]; then
        echo "MetaEditor did not compile $source.mq5; it said:" >&2
        iconv -f UTF-16 -t UTF-8 "$source.log" >&2 2> /dev/null || cat "$source.log" >&2 || true
        exit 1
    fi
    cp "MQL5/Experts/lockstep/mql5/$source.ex5" "$bridge/"
done
