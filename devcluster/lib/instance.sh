# shellcheck shell=bash
# shellcheck disable=SC2034  # the names set here are read by the other parts
# Which cluster belongs to this checkout. Everything with a name or an address in the machine is derived from it, so
# that several checkouts can each run their own cluster side by side.
#
# An instance is 8 hex digits of the checkout's path. It owns a *slot*, a number that its address ranges are made
# from; $CLUSTERS/slots/N names the owner of slot N by its state folder.

SLOTS=32

instance_names() { # REPO
    INSTANCE=${LOCKSTEP_INSTANCE:-$(printf '%s' "$1" | sha256sum | cut -c1-8)}
    [[ $INSTANCE =~ ^[a-z0-9]{1,8}$ ]] || die "LOCKSTEP_INSTANCE=$INSTANCE: up to 8 small letters or digits, please"
    CLUSTERS=${XDG_CACHE_HOME:-$HOME/.cache}/lockstep/clusters
    CLUSTER=$(realpath -m "${LOCKSTEP_CLUSTER_DIR:-$CLUSTERS/$INSTANCE}")
    # Unix sockets below the state folder (kubelet's pod folders) must stay under 108 characters
    [ ${#CLUSTER} -le 60 ] || die "$CLUSTER is too long a path; set LOCKSTEP_CLUSTER_DIR to a shorter one (60 characters at most)"
    RUN=/run/lockstep-$INSTANCE
    NETNS=lockstep-$INSTANCE
    VETH=ls-$INSTANCE
    CGROUP=lockstep-$INSTANCE
    CNI_NETWORK=lockstep-$INSTANCE
    NODE=${LOCKSTEP_NODE:-node1}
    CONTEXT=lockstep-$INSTANCE
}

instance_addresses() { # SLOT
    NODE_IP=10.250.$1.1         # the node's own address, on the bridge node0
    LINK_OUT=10.251.$1.1        # veth pair: the machine's end ...
    LINK_IN=10.251.$1.2         # ... and the node's end, where the API server is reached from the machine
    PODS=10.$((160 + $1)).0.0/16
    SERVICES=10.$((200 + $1)).0.0/16
    API_SERVICE_IP=10.$((200 + $1)).0.1
    DNS_IP=10.$((200 + $1)).0.10
}

slot_owner() { cat "$CLUSTERS/slots/$1" 2> /dev/null || true; }

slot_of() { # OWNER: prints the slot it has, fails if it has none
    grep -lxF -- "$1" "$CLUSTERS"/slots/* 2> /dev/null | head -1 | sed 's,.*/,,' | grep .
}

slot_is_free() { # SLOT: no living owner, and the machine does not route the ranges already
    local owner range
    owner=$(slot_owner "$1")
    [ -z "$owner" ] || [ ! -d "$owner" ] || return 1
    for range in "10.250.$1.0/24" "10.251.$1.0/24" "10.$((160 + $1)).0.0/16" "10.$((200 + $1)).0.0/16"; do
        [ -z "$(ip -4 route show root "$range")" ] || return 1
    done
}

slot_claim() { # OWNER: prints the slot; starts looking at one made from the owner's name, so it is mostly the same one
    local first slot i
    first=$((16#$(printf '%s' "$1" | sha256sum | cut -c1-6) % SLOTS))
    for ((i = 0; i < SLOTS; i++)); do
        slot=$(((first + i) % SLOTS))
        slot_is_free "$slot" || continue
        printf '%s\n' "$1" > "$CLUSTERS/slots/$slot"
        echo "$slot"
        return
    done
    die "all $SLOTS address slots in $CLUSTERS/slots are taken; wipe a cluster (or unset what routes 10.160-10.231)"
}

instance_take() { # gives this instance a slot if it has none, under a lock, and sets its addresses
    local slot
    mkdir -p "$CLUSTERS/slots" "$CLUSTER"
    exec {slot_lock}> "$CLUSTERS/slots.lock"
    flock "$slot_lock"
    slot=$(slot_of "$CLUSTER" || slot_claim "$CLUSTER")
    exec {slot_lock}>&-
    instance_addresses "$slot"
}

instance_find() { # sets the addresses of an instance that has a slot; fails if it has none
    local slot
    slot=$(slot_of "$CLUSTER") || return 1
    instance_addresses "$slot"
}

instance_release() { # forgets the slot
    local slot
    slot=$(slot_of "$CLUSTER") || return 0
    rm -f "$CLUSTERS/slots/$slot"
}
