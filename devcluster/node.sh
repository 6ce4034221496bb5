#!/usr/bin/env bash
# node.sh COMMAND...: runs npm or node in the current folder, always of the Node that tools/uv.lock names, never the machine's.
set -euo pipefail

tools=$("$(dirname "$(realpath "${BASH_SOURCE[0]}")")/tools.sh" node)
PATH=$tools/bin:$PATH exec "$@"
