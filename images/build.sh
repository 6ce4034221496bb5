#!/usr/bin/env bash
# Builds the images that are not built yet and writes build/images.json. See `images/build.sh --help` and README.md.
set -euo pipefail
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$(realpath "${BASH_SOURCE[0]}")") exec python3 -m lockstep_images build "$@"
