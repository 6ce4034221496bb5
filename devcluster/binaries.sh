#!/usr/bin/env bash
# Prints the path of a static binary that the cluster is made of, getting or building it first where needed.
#
#   binaries.sh kube|helm|coredns|kube-router|kwok
#
# 1. the cache, ~/.cache/lockstep/bin/NAME-HASH, where HASH covers the sources and the build flags;
# 2. a prebuilt NAME.xz in $LOCKSTEP_PREBUILT (default: ../shared/cluster beside the checkout), taken only if what it
#    unpacks to has the checksum recorded in prebuilt.sha256;
# 3. built from source with Go (LOCKSTEP_FROM_SOURCE=1 goes straight here): kube takes about 8 minutes on two cores.
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep
PREBUILT=${LOCKSTEP_PREBUILT:-$DEVCLUSTER/../../shared/cluster}
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/go.sh"

package_of() { # NAME
    case $1 in
        kube) echo . ;;
        helm) echo helm.sh/helm/v3/cmd/helm ;;
        coredns) echo github.com/coredns/coredns ;;
        kube-router) echo github.com/cloudnativelabs/kube-router/v2/cmd/kube-router ;;
        kwok) echo sigs.k8s.io/kwok/cmd/kwok ;;
        *) die "no such binary: $1 (there are kube, helm, coredns, kube-router and kwok)" ;;
    esac
}

stamps_of() { # NAME: the -X flags. Unstamped, kube reports no version, and charts with a kubeVersion refuse to install
    local v=k8s.io/component-base/version
    case $1 in
        kube) echo "-X $v.gitVersion=v1.35.4 -X $v.gitMajor=1 -X $v.gitMinor=35 -X $v.gitTreeState=clean" \
            "-X $v.gitCommit=go-module -X $v.buildDate=1970-01-01T00:00:00Z" ;;
        helm) echo "-X helm.sh/helm/v3/internal/version.version=v3.22.0" ;;
        kube-router) echo "-X github.com/cloudnativelabs/kube-router/v2/pkg/version.Version=v2.1.0" ;;
        kwok) echo "-X sigs.k8s.io/kwok/pkg/consts.Version=v0.8.0" ;;
    esac
}

hash_of() { # NAME
    local src=$DEVCLUSTER/src/$1
    { cat "$src/go.mod" "$src/go.sum" "$src"/*.go 2> /dev/null || true; package_of "$1"; stamps_of "$1"; } |
        sha256sum | cut -c1-12
}

from_prebuilt() { # NAME OUT
    local expected
    [ -z "${LOCKSTEP_FROM_SOURCE:-}" ] && [ -r "$PREBUILT/$1.xz" ] || return 1
    expected=$(awk -v name="$1" '$2 == name {print $1}' "$DEVCLUSTER/prebuilt.sha256")
    say "unpacking $1 from $PREBUILT/$1.xz"
    xz -dc "$PREBUILT/$1.xz" > "$2.new"
    if [ "$(sha256sum "$2.new" | cut -d' ' -f1)" != "$expected" ]; then
        say "$PREBUILT/$1.xz is not the $1 recorded in prebuilt.sha256; it is not used"
        rm "$2.new"
        return 1
    fi
}

from_source() { # NAME OUT
    local go log=$CACHE/log/build-$1.log
    go=$(go_command)
    mkdir -p "$CACHE/log"
    say "building $1 from source; read $log meanwhile"
    (cd "$DEVCLUSTER/src/$1" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOWORK=off "$go" build -trimpath \
        -ldflags "-s -w $(stamps_of "$1")" -o "$2.new" "$(package_of "$1")") > "$log" 2>&1 ||
        die "building $1 failed; read $log"
}

main() { # NAME
    local out
    package_of "$1" > /dev/null
    out=$CACHE/bin/$1-$(hash_of "$1")
    mkdir -p "$CACHE/bin"
    if [ ! -x "$out" ]; then
        exec {lock}> "$CACHE/bin/.$1.lock"
        flock "$lock"
        if [ ! -x "$out" ]; then
            from_prebuilt "$1" "$out" || from_source "$1" "$out"
            chmod 755 "$out.new"
            mv "$out.new" "$out"
        fi
    fi
    echo "$out"
}

[ $# = 1 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
main "$1"
