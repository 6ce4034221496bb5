# shellcheck shell=bash
# Configuration files of containerd, CNI and kubelet.

config() {
    mkdir -p "$CLUSTER"/{bin,cni,etcd,containerd,kubelet,log,pids,pod-logs} "$RUN"
    local name
    for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
        ln -sfn "$KUBE" "$CLUSTER/bin/$name" # the one binary is the command whose name it is called by
    done
    ln -sfn "$KUBE_ROUTER" "$CLUSTER/bin/kube-router"
    containerd_config > "$CLUSTER/containerd.toml"
    cni_config > "$CLUSTER/cni/10-pods.conflist"
    kubelet_config > "$CLUSTER/kubelet.yaml"
}

containerd_config() {
    cat << EOF
version = 2
root = "$CLUSTER/containerd"
state = "$RUN/containerd"
[grpc]
  address = "$RUN/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$CLUSTER/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  # built here and imported: there is no registry to pull it from
  sandbox_image = "$PAUSE"
  # a container or a sandboxed machine may not be allowed to lower oom_score_adj; without this no pod starts there
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "$RUN/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$CLUSTER/cni"
EOF
}

# network policies are enforced for IPv4 only, so pods have no address of the other kind on the bridge
cni_config() {
    cat << EOF
{"cniVersion": "1.0.0", "name": "$CNI_NETWORK", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$RUN/ipam", "ranges": [[{"subnet": "$PODS"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}},
  {"type": "tuning", "sysctl": {"net.ipv6.conf.eth0.disable_ipv6": "1"}}]}
EOF
}

kubelet_config() {
    cat << EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
# kubelet refuses cgroup v1 since 1.35 unless told otherwise
failCgroupV1: false
# cgroupfs, also where systemd runs: the pods live below a cgroup of our own that systemd is never asked about
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failSwapOn: false
containerRuntimeEndpoint: unix://$RUN/containerd.sock
podLogsDir: $CLUSTER/pod-logs
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $CLUSTER/pki/ca.crt}}
authorization: {mode: Webhook}
clusterDomain: cluster.local
clusterDNS: [$DNS_IP]
# naming any threshold drops the defaults: no eviction because the machine's disk is full
evictionHard: {memory.available: "200Mi"}
# never remove images: they were imported and cannot be pulled again
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
maxPods: 250
podPidsLimit: -1
# pods get the cluster's DNS only
resolvConf: /dev/null
# the root file system may be one that kubelet's disk accounting cannot read
localStorageCapacityIsolation: false
# a report every 5 minutes is enough; changes are reported at once anyway
nodeStatusReportFrequency: 5m
EOF
}
