# shellcheck shell=bash
# The cluster's processes. Each has a file pids/NAME holding "pid start-time"; the start time guards against a pid that
# was given to another process since.

inns() { nsenter --net=/run/netns/"$NETNS" "$@"; }

start_time() { awk '{sub(/.*\) /, ""); print $20}' "/proc/$1/stat" 2> /dev/null; }

alive() { # NAME
    local pid since
    read -r pid since 2> /dev/null < "$CLUSTER/pids/$1" || return 1
    [ -n "$since" ] && [ "$(start_time "$pid")" = "$since" ]
}

start() { # NAME COMMAND...: in the cluster's network namespace, outliving this shell
    local name=$1 log=$CLUSTER/log/$1.log
    shift
    alive "$name" && return 0
    # only the last run's log is of use; a cluster that is kept for weeks must not fill the disk
    [ ! -e "$log" ] || mv "$log" "$log.old"
    # nsenter, not `ip netns exec`: that one hides the cgroup mounts
    setsid nohup nsenter --net=/run/netns/"$NETNS" "$@" > "$log" 2>&1 < /dev/null &
    echo "$! $(start_time $!)" > "$CLUSTER/pids/$name"
}

ask_to_stop() { # NAME
    local pid
    alive "$1" || return 0
    read -r pid _ < "$CLUSTER/pids/$1"
    # the API server keeps no state, and ending it politely means waiting over 10 s for its watches
    if [ "$1" = kube-apiserver ]; then kill -9 "$pid"; else kill "$pid"; fi 2> /dev/null || true
}

await_stop() { # NAME
    local pid
    for _ in $(seq 100); do
        alive "$1" || break
        sleep 0.1
    done
    if alive "$1"; then
        read -r pid _ < "$CLUSTER/pids/$1"
        kill -9 "$pid" 2> /dev/null || true
    fi
    rm -f "$CLUSTER/pids/$1"
}

stop() { # NAME...: asks all, then waits for all, so that the slowest one sets the time
    local name
    for name; do ask_to_stop "$name"; done
    for name; do await_stop "$name"; done
}
