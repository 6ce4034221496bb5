# shellcheck shell=bash
# Cluster DNS: CoreDNS as a pod, with the labels that charts and network policies expect of it.

dns_image() { # prints the image's name, importing it first where needed
    local image dir
    image=localhost/lockstep-node/coredns:$(sha256sum "$COREDNS" | cut -c1-12)
    if ! has_image "$image"; then
        dir=$(mktemp -d)
        cp "$COREDNS" "$dir/coredns"
        # root with one capability: port 53 is below 1024
        import_binary "$image" "$dir/coredns" 0:0
        rm -r "$dir"
    fi
    echo "$image"
}

dns_up() {
    local image template=$DEVCLUSTER/dns.yaml
    image=$(dns_image)
    sed -e "s,@IMAGE@,$image," -e "s,@DNS_IP@,$DNS_IP," -e "s,@HASH@,$(sha256sum "$template" | cut -c1-12)," "$template" > "$CLUSTER/dns.yaml"
    cmp -s "$CLUSTER/dns.yaml" "$CLUSTER/dns.applied" && return 0
    kubectl_ apply --server-side --force-conflicts -f "$CLUSTER/dns.yaml" > "$CLUSTER/log/dns.log" 2>&1 ||
        die "cluster DNS could not be set up; read $CLUSTER/log/dns.log"
    cp "$CLUSTER/dns.yaml" "$CLUSTER/dns.applied"
}

# a connection, not the stored state alone: after a restart that may still say ready from before
dns_ready() {
    timeout 1 bash -c "< /dev/tcp/$DNS_IP/53" &&
        kubectl_ -n kube-system get deployment coredns -o 'jsonpath={.status.readyReplicas}' | grep -qx 1
}
