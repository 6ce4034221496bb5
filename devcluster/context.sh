#!/usr/bin/env bash
# Decides which cluster everything else talks to, and prints the path of a kubeconfig whose current context is it.
#
#   context.sh           the cluster to use; fails if it is our own and not running
#   context.sh --up      the same, but starts our own if it is not running
#   context.sh --folder  prints where our own keeps its state, whether it exists or not; nothing if it is not used
#
# KUBE_CONTEXT (with KUBECONFIG, default ~/.kube/config) names a cluster of the user's: it is used and none is ever
# started. Without it, the development cluster of this checkout is used. A KUBECONFIG alone is not taken as a choice:
# nobody's current context is to be filled with a development installation by accident.
# The kubeconfig is also left in build/kubeconfig.
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
BUILD=$(dirname "$DEVCLUSTER")/build
# shellcheck source=/dev/null
source "$DEVCLUSTER/lib/say.sh"

kubectl_command() {
    command -v kubectl && return
    mkdir -p "$BUILD/bin"
    ln -sfn "$("$DEVCLUSTER/binaries.sh" kube)" "$BUILD/bin/kubectl"
    echo "$BUILD/bin/kubectl"
}

users_cluster() { # the user's context alone, with everything that it refers to
    local kubectl
    kubectl=$(kubectl_command)
    (umask 077 && KUBECONFIG=${KUBECONFIG:-$HOME/.kube/config} "$kubectl" config view --minify --flatten --raw \
        --context "$KUBE_CONTEXT" > "$BUILD/kubeconfig.new") ||
        { rm -f "$BUILD/kubeconfig.new"; die "KUBE_CONTEXT=$KUBE_CONTEXT is not in ${KUBECONFIG:-$HOME/.kube/config}"; }
    "$kubectl" --kubeconfig "$BUILD/kubeconfig.new" config use-context "$KUBE_CONTEXT" > /dev/null
    mv "$BUILD/kubeconfig.new" "$BUILD/kubeconfig"
}

own_cluster() { # [--up]
    [ "${1:-}" != --up ] || "$DEVCLUSTER/cluster.sh" up >&2
    (
        settings=$("$DEVCLUSTER/cluster.sh" env)
        eval "$settings"
        "$(dirname "$KUBECONFIG")/bin/kubectl" --kubeconfig "$KUBECONFIG" get --raw /readyz > /dev/null 2>&1 ||
            die "the cluster of this checkout is not running; start it with: $DEVCLUSTER/context.sh --up"
        ln -sfn "$KUBECONFIG" "$BUILD/kubeconfig"
    )
}

if [ "${1:-}" = --folder ]; then
    [ -n "${KUBE_CONTEXT:-}" ] || "$DEVCLUSTER/cluster.sh" folder
    exit 0
fi
mkdir -p "$BUILD"
if [ -n "${KUBE_CONTEXT:-}" ]; then users_cluster; else own_cluster "${1:-}"; fi
echo "$BUILD/kubeconfig"
