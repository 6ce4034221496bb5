# shellcheck shell=bash
# The cgroup that all pods of this cluster live below; kubelet demands that it exists.

cgroup_roots() { # the mount points of every hierarchy: one on cgroup v2, one per controller on v1
    awk '$3 == "cgroup" || $3 == "cgroup2" {print $2}' /proc/mounts
}

cgroups_up() {
    local root controller
    while read -r root; do
        if [ -e "$root/cgroup.subtree_control" ]; then
            for controller in cpuset cpu io memory pids hugetlb; do
                echo "+$controller" 2> /dev/null > "$root/cgroup.subtree_control" || true
            done
        fi
        mkdir -p "$root/$CGROUP" 2> /dev/null || true
    done < <(cgroup_roots)
}

cgroups_down() {
    local root
    while read -r root; do
        [ ! -d "$root/$CGROUP" ] || cgroup_remove "$root/$CGROUP"
    done < <(cgroup_roots)
}

cgroup_remove() { # DIR: tries for 5 s, since a killed process stays in its cgroup until it is reaped
    for _ in $(seq 50); do
        find "$1" -depth -type d -exec rmdir {} + 2> /dev/null || true
        [ -d "$1" ] || return 0
        sleep 0.1
    done
    say "$1 could not be removed: a process still lives in it"
}
