#!/usr/bin/env bash
# The website's lint, types and pure tests.
set -euo pipefail

WEBSITE=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
for script in lint typecheck test; do
    "$WEBSITE/npm.sh" run --silent "$script"
done
