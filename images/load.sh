#!/usr/bin/env bash
# Puts the built images into the cluster, as far as it lacks them. See `images/load.sh --help` and README.md.
set -euo pipefail
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$(realpath "${BASH_SOURCE[0]}")") exec python3 -m lockstep_images load "$@"
