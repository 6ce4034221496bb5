# shellcheck shell=bash
# Network policies: kube-router's firewall turns them into iptables rules and ipsets of the cluster's network namespace.
# Packets between two pods of the bridge meet these rules because of net.bridge.bridge-nf-call-iptables.

firewall_up() {
    local rights=$DEVCLUSTER/firewall.yaml
    if ! cmp -s "$rights" "$CLUSTER/firewall.applied"; then
        kubectl_ apply --server-side --force-conflicts -f "$rights" > "$CLUSTER/log/firewall.log" 2>&1 ||
            die "the firewall's rights could not be set up; read $CLUSTER/log/firewall.log"
        cp "$rights" "$CLUSTER/firewall.applied"
    fi
    # routes are the bridge's and services kube-proxy's work
    start kube-router bin/kube-router --kubeconfig=kube-router.kubeconfig --hostname-override="$NODE" \
        --run-firewall=true --run-router=false --run-service-proxy=false --service-cluster-ip-range="$SERVICES" \
        --health-port=0
    wait_for 60 "the firewall" "$CLUSTER/log/kube-router.log" firewall_ready
}

# the chain that its first look at the cluster begins with
firewall_ready() { alive kube-router && inns iptables -w -n -L KUBE-NWPLCY-DEFAULT; }
