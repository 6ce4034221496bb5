# shellcheck shell=bash
# What no package can bring: memory, disk and features of the kernel.

MEMORY_MIN_MB=3800 # a machine sold with 4 GB shows a little less
DISK_MIN_MB=15000

machine_suffices() { # dies with what to do, if the machine cannot run the cluster
    memory_suffices
    disk_suffices
    [ "$(id -u)" != 0 ] || kernel_suffices
}

memory_suffices() {
    local have
    have=$(awk '$1 == "MemTotal:" {print int($2 / 1024)}' /proc/meminfo)
    [ "$have" -ge "$MEMORY_MIN_MB" ] ||
        die "this machine has $have MB of memory; 4 GB are needed. Use a larger one, or a cluster elsewhere (KUBECONFIG and KUBE_CONTEXT)"
}

disk_suffices() {
    local place=${XDG_CACHE_HOME:-$HOME/.cache} free ours
    mkdir -p "$place"
    free=$(df -Pm "$place" | awk 'NR == 2 {print $4}')
    [ "$free" -lt "$DISK_MIN_MB" ] || return 0
    # what is there already of ours counts as free: it is part of the need; files may vanish while du counts them
    ours=$(du -smx "$place/lockstep" 2> /dev/null | awk '{print $1; exit}' || true)
    [ $((free + ${ours:-0})) -ge "$DISK_MIN_MB" ] ||
        die "$place has $free MB free; 15 GB are needed. Free some, or set XDG_CACHE_HOME to a folder on a larger disk"
}

kernel_suffices() {
    local id=lsprobe$$ scratch
    modprobe -qa overlay br_netfilter veth bridge nf_tables ip_set ip_set_hash_ip ip_set_hash_net xt_set xt_physdev 2> /dev/null || true
    unshare --net true 2> /dev/null || die "this kernel (or the container around us) allows no network namespaces: run on a machine or VM of your own, or a privileged container"
    [ -n "$(awk '$3 ~ /^cgroup/' /proc/mounts)" ] || die "no cgroups are mounted: mount them (mount -t cgroup2 none /sys/fs/cgroup) or boot with systemd"
    unshare --net bash -c "ip link add $id-a type veth peer name $id-b" 2> /dev/null || die "this kernel has no veth: modprobe veth, or boot one that has it"
    unshare --net bash -c "ip link add $id type bridge" 2> /dev/null || die "this kernel has no bridge: modprobe bridge, or boot one that has it"
    unshare --net nft add table ip "$id" 2> /dev/null || die "this kernel has no nftables: modprobe nf_tables, or boot one that has it"
    unshare --net sysctl -qw net.bridge.bridge-nf-call-iptables=1 2> /dev/null || die "this kernel has no br_netfilter: modprobe br_netfilter, or boot one that has it"
    unshare --net bash -c "ipset create $id hash:ip timeout 0 && iptables -A FORWARD -m set --match-set $id src -m physdev --physdev-is-bridged -j REJECT" 2> /dev/null ||
        die "this kernel has no ipset or not iptables' set match, by which network policies are enforced: modprobe -a ip_set_hash_ip ip_set_hash_net xt_set xt_physdev, or boot one that has them"
    scratch=$(mktemp -d -p "${XDG_CACHE_HOME:-$HOME/.cache}")
    mkdir "$scratch"/{lower,upper,work,merged}
    unshare --mount mount -t overlay overlay -o "lowerdir=$scratch/lower,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/merged" 2> /dev/null ||
        { rm -rf "$scratch"; die "overlayfs cannot be mounted below ${scratch%/*}: modprobe overlay, or set XDG_CACHE_HOME to a folder on ext4 or xfs"; }
    rm -rf "$scratch"
}
