# shellcheck shell=bash
# shellcheck disable=SC2034  # the names set in `up` are read by the other parts
# What the verbs of cluster.sh do.

SERVERS=(etcd containerd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kube-router)

kubectl_() { "$CLUSTER/bin/kubectl" --kubeconfig "$CLUSTER/kubeconfig" "$@"; }

# asks kubelet itself first: after a restart the node's stored state may still say Ready from before
node_ready() {
    kubectl_ get --raw "/api/v1/nodes/$NODE/proxy/healthz" &&
        kubectl_ get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' | grep -qx True
}

need_root() { [ "$(id -u)" = 0 ] || die "a cluster needs root: run this with sudo"; }

up() {
    need_root
    KUBE=$("$DEVCLUSTER/binaries.sh" kube)
    COREDNS=$("$DEVCLUSTER/binaries.sh" coredns)
    KUBE_ROUTER=$("$DEVCLUSTER/binaries.sh" kube-router)
    instance_take
    config
    network_up
    cgroups_up
    keys
    cd "$CLUSTER" || exit
    start_stores
    start_api
    start_controllers
    start_node
    firewall_up
    dns_up
    wait_for 60 "cluster DNS" "$CLUSTER/log/kubelet.log" dns_ready
    say "$CONTEXT is ready: export KUBECONFIG=$CLUSTER/kubeconfig"
}

start_stores() {
    # --unsafe-no-fsync: a development cluster may lose its last writes with the machine's power, and is faster for it
    start etcd bin/etcd --data-dir etcd --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
        --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --log-level warn
    start containerd containerd -c containerd.toml
}

start_api() {
    # InternalIP: the node's name is in no DNS, so logs and exec must reach kubelet by address
    start kube-apiserver bin/kube-apiserver --etcd-servers=http://127.0.0.1:2379 --service-cluster-ip-range="$SERVICES" \
        --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt \
        --service-account-key-file=pki/sa.key --service-account-signing-key-file=pki/sa.key \
        --service-account-issuer=https://kubernetes.default.svc.cluster.local \
        --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
        --kubelet-client-certificate=pki/admin.crt --kubelet-client-key=pki/admin.key \
        --kubelet-preferred-address-types=InternalIP --advertise-address="$NODE_IP" --bind-address=0.0.0.0
    wait_for 60 containerd "$CLUSTER/log/containerd.log" ctr_ version
    pause_image
    wait_for 120 "the API server" "$CLUSTER/log/kube-apiserver.log" kubectl_ get --raw /readyz
}

start_controllers() {
    # one replica of each: no leader election, so they work at once
    start kube-controller-manager bin/kube-controller-manager --kubeconfig=controller-manager.kubeconfig \
        --leader-elect=false --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt \
        --use-service-account-credentials --cluster-signing-cert-file=pki/ca.crt --cluster-signing-key-file=pki/ca.key
    start kube-scheduler bin/kube-scheduler --kubeconfig=scheduler.kubeconfig --leader-elect=false
}

start_node() {
    # conntrack limits are the machine's and may be read-only: 0 leaves them
    start kube-proxy bin/kube-proxy --kubeconfig=proxy.kubeconfig --proxy-mode=nftables --hostname-override="$NODE" \
        --cluster-cidr="$PODS" --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 \
        --conntrack-tcp-timeout-close-wait=0
    start kubelet bin/kubelet --config kubelet.yaml --kubeconfig=kubelet.kubeconfig --hostname-override="$NODE" \
        --node-ip="$NODE_IP" --root-dir "$CLUSTER/kubelet" --cert-dir "$CLUSTER/kubelet/pki"
    wait_for 120 "node $NODE" "$CLUSTER/log/kubelet.log" node_ready
    # the account that pods run under is made by a controller shortly after the start
    wait_for 60 "the default service account" "$CLUSTER/log/kube-controller-manager.log" \
        kubectl_ -n default get serviceaccount default
}

down() {
    need_root
    instance_find || { say "no cluster here"; return; }
    mkdir -p "$CLUSTER/pids"
    # kubelet first, or it restarts the pods that are stopped next
    stop kubelet kube-router kube-proxy kube-scheduler kube-controller-manager
    ! alive containerd || remove_containers
    stop kube-apiserver etcd containerd
    kill_orphans
    unmount_all
    network_down
    cgroups_down
    remove_traces
    say "$CONTEXT is down; its state stays in $CLUSTER"
}

remove_containers() {
    local id
    for id in $(ctr_ tasks ls -q 2> /dev/null); do ctr_ tasks kill -s KILL "$id" > /dev/null 2>&1 || true; done
    for id in $(ctr_ containers ls -q 2> /dev/null); do
        ctr_ tasks rm -f "$id" > /dev/null 2>&1 || true
        ctr_ containers rm "$id" > /dev/null 2>&1 || true
    done
}

# kubelet's checkpoints go too: they name pods that no API server knows any more
reset() {
    down
    rm -rf "$CLUSTER/etcd" "$CLUSTER"/*.applied "$CLUSTER"/kubelet/{pods,*_state,checkpoints,device-plugins,plugins*}
    say "$CONTEXT has forgotten its objects; its images stay in $CLUSTER"
}

wipe() {
    down
    instance_release
    rm -rf "$CLUSTER"
    say "$CONTEXT is wiped"
}

status() {
    local name
    instance_find || die "no cluster here; start one with: $DEVCLUSTER/cluster.sh up"
    for name in "${SERVERS[@]}"; do
        if alive "$name"; then echo "$name running"; else echo "$name stopped"; fi
    done
    alive kube-apiserver && kubectl_ get nodes -o wide
}

load() { # FILE...
    local file
    alive containerd || die "the cluster is not running; start it with: $DEVCLUSTER/cluster.sh up"
    for file; do ctr_ images import "$file"; done
}

print_env() { # for `eval "$(cluster.sh env)"`
    instance_find || die "no cluster here; start one with: $DEVCLUSTER/cluster.sh up"
    # shellcheck disable=SC2016  # $PATH is for the shell that evaluates the line
    printf 'export KUBECONFIG=%q\nexport LOCKSTEP_CONTAINERD=%q\nexport PATH=%q:"$PATH"\n' \
        "$CLUSTER/kubeconfig" "$RUN/containerd.sock" "$CLUSTER/bin"
}

print_socket() {
    instance_find || die "no cluster here; start one with: $DEVCLUSTER/cluster.sh up"
    echo "$RUN/containerd.sock"
}
