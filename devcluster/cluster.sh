#!/usr/bin/env bash
# One real Kubernetes node in a network namespace of this machine, from Debian packages and static binaries.
#
#   cluster.sh up            start whatever is not running; returns when node and DNS are ready (safe to repeat)
#   cluster.sh down          stop every pod and process and leave nothing behind but the state on disk
#   cluster.sh reset         down, then forget every object of the API server; images and keys stay
#   cluster.sh wipe          down, then remove the state too
#   cluster.sh status        one line per process, then the node
#   cluster.sh load FILE...  import image archives (OCI or docker, .tar) into the node
#   cluster.sh env           shell lines that set KUBECONFIG, LOCKSTEP_CONTAINERD and PATH (kubectl) for this cluster
#   cluster.sh socket        the path of containerd's socket
#   cluster.sh folder        the folder of this cluster's state, whether it exists or not
#
# Settings, all by environment and all optional:
#   LOCKSTEP_INSTANCE     name of the cluster (default: made from the checkout's path, so each checkout has its own)
#   LOCKSTEP_CLUSTER_DIR  folder of its state (default: ~/.cache/lockstep/clusters/INSTANCE)
#   LOCKSTEP_NODE         name of its node    (default: node1)
set -euo pipefail

DEVCLUSTER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
for part in say instance process network cgroups keys images config dns firewall leftovers verbs; do
    # shellcheck source=/dev/null
    source "$DEVCLUSTER/lib/$part.sh"
done
instance_names "$(dirname "$DEVCLUSTER")"

case ${1:-} in
    up | down | reset | wipe | status) "$1" ;;
    load) load "${@:2}" ;;
    env) print_env ;;
    socket) print_socket ;;
    folder) echo "$CLUSTER" ;;
    *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
