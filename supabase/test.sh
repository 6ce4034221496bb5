#!/usr/bin/env bash
# pgTAP tests, linter and advisors for the migrations of this checkout, on the Postgres of the installed devstack, in a
# database of their own that is dropped afterwards.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
namespace=${LOCKSTEP_DEVSTACK_NAMESPACE:-lockstep-devstack}
export PATH="$root/build/bin:$PATH" KUBECONFIG="${LOCKSTEP_KUBECONFIG:-$root/build/kubeconfig}"

if ! kubectl -n "$namespace" get pod lockstep-postgres-0 >/dev/null; then
  echo "There is no Postgres in the namespace $namespace: run \`make install\` first." >&2
  exit 1
fi
tar -cf - -C "$root/supabase" config.toml roles.sql migrations templates tests \
  | kubectl -n "$namespace" exec -i lockstep-postgres-0 -c postgres -- test-database
