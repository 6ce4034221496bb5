#!/usr/bin/env bash
# The whole story in a browser against the installed cluster: its website, the mailbox and the test broker's control behind
# ports of this machine, the demonstration's user if there is one. `LOCKSTEP_SITE_URL` names another website before the same
# cluster. Arguments go to Playwright. Everything it starts ends with it.
set -euo pipefail

WEBSITE=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.." && pwd)
ROOT=$(dirname "$WEBSITE")
export KUBECONFIG=${LOCKSTEP_KUBECONFIG:-$ROOT/build/kubeconfig}
kubectl=$ROOT/build/bin/kubectl
forwards=()
folder=$(mktemp -d)

end() {
    for forward in "${forwards[@]}"; do kill "$forward" 2> /dev/null || true; done
    rm -rf "$folder"
}
trap end EXIT

# Our own cluster's services are reached as they are; those of another one by way of its API.
forward() { # NAME NAMESPACE SERVICE PORT -> the local address in $folder/NAME
    if [ -z "${KUBE_CONTEXT:-}" ]; then
        host=$("$kubectl" -n "$2" get service "$3" -o 'jsonpath={.spec.clusterIP}')
        "$ROOT/.venv/bin/python" "$WEBSITE/e2e/relay.py" "$host" "$4" > "$folder/$1.log" 2>&1 &
    else
        "$kubectl" -n "$2" port-forward "service/$3" --address 127.0.0.1 ":$4" > "$folder/$1.log" 2>&1 &
    fi
    forwards+=($!)
    for _ in $(seq 150); do
        port=$(sed -nE 's/^(Forwarding from 127.0.0.1:)?([0-9]+)( .*)?$/\2/p' "$folder/$1.log")
        [ -n "$port" ] && { echo "http://127.0.0.1:$port" > "$folder/$1"; return; }
        sleep 0.2
    done
    echo "service $3 in $2 could not be reached: $(cat "$folder/$1.log"). Run \`make install\` first." >&2
    return 1
}

demo() { # KEY -> of the demonstration's user, empty where there was no demonstration
    [ -f "$ROOT/build/demo.json" ] || return 0
    "$ROOT/.venv/bin/python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$ROOT/build/demo.json" "$1"
}

[ -n "${LOCKSTEP_SITE_URL:-}" ] || forward site lockstep lockstep-website 3000
forward broker lockstep-broker test-broker 8080
forward mailbox lockstep-devstack lockstep-mailbox 8025
LOCKSTEP_SITE_URL=${LOCKSTEP_SITE_URL:-$(cat "$folder/site")}
LOCKSTEP_BROKER=$(cat "$folder/broker")
LOCKSTEP_MAILBOX=$(cat "$folder/mailbox")
LOCKSTEP_DEMO_EMAIL=$(demo email)
LOCKSTEP_DEMO_PASSWORD=$(demo password)
LOCKSTEP_OWNER_SQL="'$kubectl' -n lockstep-devstack exec -i lockstep-postgres-0 -c postgres -- bash -c 'PGPASSWORD=\$(cat \$POSTGRES_PASSWORD_FILE) psql -qX -v ON_ERROR_STOP=1 -h 127.0.0.1 -U postgres'"
export LOCKSTEP_SITE_URL LOCKSTEP_BROKER LOCKSTEP_MAILBOX LOCKSTEP_DEMO_EMAIL LOCKSTEP_DEMO_PASSWORD LOCKSTEP_OWNER_SQL

"$WEBSITE/npm.sh" run --silent e2e -- "$@"
