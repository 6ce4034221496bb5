#!/bin/sh
# check.sh < ACCOUNT: asks the terminal of this image what it knows of an account at its broker, and prints it as JSON. ACCOUNT is JSON
# with login, password and server (checker.py).
set -eu
cp -a /opt/lockstep/prefix "$WINEPREFIX"
cp -a /opt/lockstep/terminal "$HOME/terminal"
Xvfb :99 -screen 0 1024x768x24 -nolisten tcp > /dev/null 2>&1 &
xvfb=$!
trap 'wineserver -k || true; kill "$xvfb" || true' EXIT
DISPLAY=:99 wine /opt/lockstep/checker/python/python.exe -I 'Z:\opt\lockstep\checker\checker.py' "Z:$(echo "$HOME" | tr / '\\')\\terminal\\terminal64.exe"
