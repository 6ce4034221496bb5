# shellcheck shell=bash
# What a cluster leaves in the machine when its processes end, also when they were killed, and how it is removed.

orphans() { # what lives on if containerd was killed: its shims, and every process below our cgroup
    local file root
    while read -r root; do
        [ ! -d "$root/$CGROUP" ] || find "$root/$CGROUP" -name cgroup.procs -exec cat {} + 2> /dev/null || true
    done < <(cgroup_roots)
    for file in /proc/[0-9]*/cmdline; do
        tr '\0' ' ' 2> /dev/null < "$file" | grep -q "^[^ ]*containerd-shim.* $RUN/containerd.sock" || continue
        file=${file%/cmdline}
        echo "${file##*/}"
    done
}

kill_orphans() { # and waits up to 5 s until they are gone
    local pids
    for _ in $(seq 50); do
        pids=$(orphans)
        [ -n "$pids" ] || return 0
        # shellcheck disable=SC2086  # one word for each pid
        kill -9 $pids 2> /dev/null || true
        sleep 0.1
    done
}

unmount_all() { # what pods leave mounted (volumes, root file systems), deepest first
    local mount
    awk -v a="$CLUSTER/" -v b="$RUN/" 'index($5, a) == 1 || index($5, b) == 1 {print $5}' /proc/self/mountinfo |
        sort -r | while read -r mount; do umount -l "$(printf '%b' "$mount")" 2> /dev/null || true; done
}

remove_traces() { # also what kubelet, CNI and containerd leave in folders whose place cannot be chosen
    find /var/log/containers -maxdepth 1 -type l -lname "$CLUSTER/pod-logs/*" -delete 2> /dev/null || true
    remove_cni_results
    remove_dead_sockets
    remove_device_plugins
    rm -rf "$RUN" "$CLUSTER/pids" "$CLUSTER/pod-logs" "$CLUSTER/kubelet/pods"
}

remove_cni_results() {
    local result container
    for result in /var/lib/cni/results/"$CNI_NETWORK"-*-eth0; do
        container=${result#*/"$CNI_NETWORK"-}
        rm -f "$result" "/var/lib/cni/results/cni-loopback-${container%-eth0}-lo"
    done
}

remove_dead_sockets() { # of shims that were killed: their names do not tell whose they are, but nobody listens there
    local socket
    for socket in /run/containerd/s/*; do
        [ ! -S "$socket" ] || grep -qF "$socket" /proc/net/unix || rm -f "$socket"
    done
}

remove_device_plugins() { # only if no other kubelet ever used the folder
    local dir=/var/lib/kubelet
    [ "$(ls "$dir" 2> /dev/null)" = device-plugins ] && ! pgrep -x kubelet > /dev/null || return 0
    rm -f "$dir"/device-plugins/{kubelet.sock,kubelet_internal_checkpoint}
    rmdir "$dir/device-plugins" "$dir" 2> /dev/null || true
}
