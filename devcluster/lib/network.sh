# shellcheck shell=bash
# The cluster's network namespace and the link to it.

network_up() {
    [ -e /run/netns/"$NETNS" ] || ip netns add "$NETNS"
    inns ip link set lo up
    # the node's address lies on a bridge with no ports, so it is up whatever else happens
    inns ip link show node0 > /dev/null 2>&1 || inns ip link add node0 type bridge
    inns ip addr replace "$NODE_IP"/24 dev node0
    inns ip link set node0 up
    ip link show "$VETH" > /dev/null 2>&1 || ip link add "$VETH" type veth peer name out0 netns "$NETNS"
    ip addr replace "$LINK_OUT"/24 dev "$VETH"
    ip link set "$VETH" up
    inns ip addr replace "$LINK_IN"/24 dev out0
    inns ip link set out0 up
    ip route replace "$PODS" via "$LINK_IN"
    ip route replace "$SERVICES" via "$LINK_IN"
    # a default route must exist for kube-proxy and kubelet to pick addresses, and for pods to reach service addresses
    inns ip route replace default via "$LINK_OUT"
    network_sysctls
}

network_sysctls() {
    modprobe -qa br_netfilter overlay 2> /dev/null || true
    inns sysctl -qw net.ipv4.ip_forward=1
    # two pods on one bridge talking through a service address: the answer must pass netfilter to be translated back
    inns sysctl -qw net.bridge.bridge-nf-call-iptables=1 2> /dev/null ||
        die "this kernel has no br_netfilter: pods could not reach each other through services. Load it (modprobe br_netfilter) or boot a kernel that has it"
}

network_down() {
    local ns
    if [ -e /run/netns/"$NETNS" ]; then
        # pods' own namespaces: those with an address of ours, which no other cluster has
        for ns in /run/netns/cni-*; do
            [ -e "$ns" ] || continue
            if nsenter --net="$ns" ip -o -4 addr show eth0 2> /dev/null | grep -q " ${PODS%.*.*}\."; then
                ip netns del "${ns##*/}" || true
            fi
        done
    fi
    ip link del "$VETH" 2> /dev/null || true # takes its routes with it
    [ ! -e /run/netns/"$NETNS" ] || ip netns del "$NETNS"
}
