#!/bin/sh
# Wine for 64- and 32-bit Windows programs, without a single 32-bit Linux library.
set -eu
export DEBIAN_FRONTEND=noninteractive
wine=/usr/lib/x86_64-linux-gnu/wine

apt-get update
apt-get install -y --no-install-recommends wine wine64 xvfb procps binutils-mingw-w64-x86-64

fetch_i386() { # into ./libwine_i386.deb
    version=$(dpkg-query -W -f '${Version}' libwine)
    sum=$(awk -v version="$version" '$1 == version {print $2}' /tmp/build/libwine-i386.sha256)
    if [ -n "$sum" ]; then
        # not every mirror keeps its i386 index in step; a known file needs no index
        url=$(apt-get download --print-uris libwine | sed "s/^'\([^']*\)'.*/\1/; s/_amd64\.deb/_i386.deb/")
        /usr/lib/apt/apt-helper download-file "$url" libwine_i386.deb "SHA256:$sum"
    else
        # Another version than the one recorded: apt checks it against the hash in its archive's signed index.
        dpkg --add-architecture i386
        apt-get update -o Acquire::AllowInsecureRepositories=false
        apt-get download -o APT::Get::AllowUnauthenticated=false "libwine:i386=$version"
        mv libwine_*_i386.deb libwine_i386.deb
        dpkg --remove-architecture i386
    fi
}

# Wine's 64-bit side runs 32-bit programs (WoW64) once it finds the 32-bit Windows DLLs in its own folder. They come from
# the i386 package, which is unpacked and not installed.
cd /tmp/build
fetch_i386
dpkg-deb -x libwine_i386.deb wine32
mkdir -p "$wine/i386-windows"
cp -an wine32/usr/lib/i386-linux-gnu/wine/i386-windows/. "$wine/i386-windows/"
/tmp/build/slim.sh "$wine"

apt-get purge -y --auto-remove binutils-mingw-w64-x86-64
rm -rf /var/lib/apt/lists/* /var/cache/debconf/* /var/log/* /usr/share/doc/* /usr/share/man/*
