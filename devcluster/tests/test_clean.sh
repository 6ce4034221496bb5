#!/usr/bin/env bash
# A second cluster beside whatever runs: it serves DNS from a pod, it enforces network policies, and `down` and `wipe` leave
# nothing of it, also after its processes were killed. Takes about a minute; needs root. Prints `N passed, M failed` at its end.
set -uo pipefail

HERE=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
CLUSTER_SH=$HERE/../cluster.sh
ID=t$(printf '%06x' $$ | tail -c 6)
WORK=$(mktemp -d)
PASSED=0 FAILED=0
export LOCKSTEP_INSTANCE=$ID
STATE=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/clusters/$ID
trap '"$CLUSTER_SH" wipe 2> /dev/null; rm -rf "$WORK"' EXIT

check() { # NAME COMMAND...
    local name=$1
    shift
    if "$@"; then
        PASSED=$((PASSED + 1))
        echo "ok: $name"
    else
        FAILED=$((FAILED + 1))
        echo "FAILED: $name"
    fi
}

others() { # a pattern of what belongs to other clusters, whose pods may come and go meanwhile
    local slots=${STATE%/*}/slots file ids=none
    for file in "$slots"/*; do
        ids="$ids|$(basename "$(cat "$file")")"
    done
    echo "${ids//|$ID/}"
}

pod_namespaces() { # those with an address of our slot's pods, or with none
    local ns address
    for ns in /run/netns/*; do
        address=$(nsenter --net="$ns" ip -o -4 addr show eth0 2> /dev/null | awk '{print $4}')
        case $address in
            "" | "10.$((160 + SLOT))."*) echo "netns $ns" ;;
        esac
    done
}

loopbacks() { # of pods that no cluster owns any more
    local file container
    for file in /var/lib/cni/results/cni-loopback-*-lo; do
        container=${file##*/cni-loopback-}
        compgen -G "/var/lib/cni/results/lockstep-*-${container%-lo}-eth0" > /dev/null || echo "file $file"
    done
}

dead_sockets() {
    local socket
    for socket in /run/containerd/s/*; do
        [ ! -S "$socket" ] || grep -qF "$socket" /proc/net/unix || echo "socket $socket"
    done
}

processes() { # a zombie is dead: its parent alone can remove it
    local dir
    for dir in /proc/[0-9]*; do
        grep -qs '^State:.Z' "$dir/status" && continue
        # the cluster's own processes are told by their working directory
        if grep -qsa "$ID" "$dir/cmdline" "$dir/cgroup" "$dir/mountinfo" || [[ $(readlink "$dir/cwd") == *"$ID"* ]]; then
            echo "process ${dir#/proc/}"
        fi
    done | grep -vE " ($$|$BASHPID)$"
}

traces() { # one line for everything in the machine that a cluster could leave
    awk '{print "mount", $5}' /proc/self/mountinfo | grep -vE "/run/netns/cni-"
    pod_namespaces
    ip -o link | awk '{print "link", $2}'
    ip -4 route | sed 's/^/route /'
    nft list ruleset 2> /dev/null | sed 's/^/nft /'
    ipset list -name 2> /dev/null | sed 's/^/ipset /'
    iptables-save 2> /dev/null | grep -v '^#' | sed 's/\[.*\]//; s/^/iptables /'
    find /sys/fs/cgroup -maxdepth 2 -type d | sed 's/^/cgroup /'
    find /run /var/lib/cni -maxdepth 1 | sed 's/^/file /'
    find /var/log/pods /var/log/containers -lname "*$ID*" 2> /dev/null | sed 's/^/file /'
    dead_sockets
    loopbacks
    processes
}

new_traces() {
    traces | grep -vE "$(others)" | sort -u > "$WORK/after"
    comm -13 "$WORK/before" "$WORK/after" | grep -vE 'mount .*/(images|buildah)|file /run/(buildah|lockstep-images|user)'
}

no_new_traces() { # looks several times: a pod of another cluster that comes or goes meanwhile has no address for a moment
    local found
    for _ in 1 2 3 4 5; do
        found=$(new_traces)
        [ -n "$found" ] || return 0
        sleep 2
    done
    printf '    left: %s\n' "${found//$'\n'/; }"
    return 1
}

resolves() { # NAME: asks the cluster's DNS at its service address, from outside
    python3 - "$1" "10.$((200 + SLOT)).0.10" << 'EOF'
import socket, struct, sys
name, server = sys.argv[1:]
query = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0\0\1\0\1"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.settimeout(5)
    s.sendto(query, (server, 53))
    flags, _, answers = struct.unpack(">3H", s.recv(512)[2:8])
sys.exit(0 if flags & 15 == 0 and answers else 1)
EOF
}

closed_to_all() { # KUBECTL-VERB: a policy by which nobody reaches the DNS pod
    "$STATE/bin/kubectl" --kubeconfig "$STATE/kubeconfig" "$1" -f - > /dev/null << 'EOF'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: kube-system}
spec: {podSelector: {matchLabels: {k8s-app: kube-dns}}, policyTypes: [Ingress]}
EOF
}

soon() { # COMMAND...: within 10 s, for a policy is enforced a moment after it was made
    local end=$((SECONDS + 10))
    until "$@" 2> /dev/null; do [ "$SECONDS" -lt "$end" ] || return 1; done
}

not() { ! "$@"; }
slot() { grep -lxF "$STATE" "${STATE%/*}"/slots/* | sed 's,.*/,,'; }
kill_processes() {
    local name pid
    for name in containerd kubelet kube-router kube-apiserver; do
        read -r pid _ < "$STATE/pids/$name"
        kill -9 "$pid"
    done
}

# once up and down, so that the slot is known and shared folders such as /var/lib/cni exist before the snapshot
check "a second cluster comes up" "$CLUSTER_SH" up
SLOT=$(slot)
check "its DNS knows its services" resolves kubernetes.default.svc.cluster.local
check "its DNS knows nothing outside" not resolves example.com
check "a policy that closes its DNS is taken" closed_to_all apply
check "the policy is enforced" soon not resolves kubernetes.default.svc.cluster.local
check "a policy that is gone is taken" closed_to_all delete
check "the policy is no longer enforced" soon resolves kubernetes.default.svc.cluster.local
"$CLUSTER_SH" down
traces | grep -vE "$(others)" | sort -u > "$WORK/before"
check "nothing in the snapshot is of this cluster" not grep -q "$ID" "$WORK/before"
check "it comes up again with its state" "$CLUSTER_SH" up
check "its DNS works again" resolves kubernetes.default.svc.cluster.local
check "up again changes nothing and succeeds" "$CLUSTER_SH" up
"$CLUSTER_SH" down
check "down leaves nothing" no_new_traces
check "it comes up a third time" "$CLUSTER_SH" up
kill_processes
"$CLUSTER_SH" down
check "down leaves nothing although its processes were killed" no_new_traces
"$CLUSTER_SH" wipe
check "wipe removes the state" not test -e "$STATE"
check "wipe gives the slot back" not test -n "$(slot 2> /dev/null)"
echo "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
