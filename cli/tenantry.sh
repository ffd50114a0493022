#!/bin/sh
# What `tenantry` on the PATH is: the program beside this file, run by the Node of the packages, which runs TypeScript.
here=$(dirname "$(readlink -f "$0")")
node="$here/../node_modules/.bin/node"
[ -x "$node" ] || { echo "error: tenantry: the packages are missing: run npm ci in $(dirname "$here")" >&2; exit 2; }
exec "$node" "$here/tenantry.ts" "$@"
