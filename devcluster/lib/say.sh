# shellcheck shell=bash
# Progress and failure, always on stderr: stdout belongs to what a command prints as its result.
say() { printf 'devcluster: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

wait_for() { # SECONDS WHAT LOG COMMAND...: repeats COMMAND until it succeeds; LOG is named when it never does
    local end=$((SECONDS + $1)) what=$2 log=$3
    shift 3
    until "$@" > /dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || die "$what did not come up in time; read $log"
        sleep 0.2
    done
}
