#!/usr/bin/env bash
# Changes the keys in the keyring's Secret, shows what is published, or seals all passwords again: docs/recipes/rotate-a-key.md.
set -euo pipefail
namespace=${LOCKSTEP_NAMESPACE:-lockstep}
secret=${LOCKSTEP_KEYS_SECRET:-lockstep-keyring-keys}
k=(kubectl -n "$namespace")

rotate() {
  "${k[@]}" get secret "$secret" -o json \
    | "${k[@]}" exec -i deploy/lockstep-keyring -c keyring -- python3 -m lockstep_keyring.rotate "$1" "$2" \
    | "${k[@]}" replace -f -
}

published() {
  "${k[@]}" get configmap lockstep-public-keys -o go-template='{{range $name, $keys := .data}}{{$name}}: {{$keys}}{{"\n"}}{{end}}'
}

reseal() {
  local job
  job=reseal-$(date -u +%Y%m%d%H%M%S)
  "${k[@]}" create job "$job" --from=cronjob/lockstep-keyring-reseal
  for _ in $(seq 300); do
    case $("${k[@]}" get job "$job" -o jsonpath='{.status.conditions[?(@.status=="True")].type}') in
      *Failed*) "${k[@]}" logs -l "job-name=$job"; return 1 ;;
      *Complete*) "${k[@]}" logs "job/$job"; return ;;
    esac
    sleep 2
  done
  echo "The job $job is still at work: kubectl -n $namespace logs -f job/$job" >&2
  return 1
}

case ${1:-} in
  rotate) rotate "${2:?a step}" "${3:?a file}" ;;
  published) published ;;
  reseal) reseal ;;
  *) echo "rotate STEP FILE, published, or reseal: see docs/recipes/rotate-a-key.md" >&2; exit 2 ;;
esac
