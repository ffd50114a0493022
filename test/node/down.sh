#!/usr/bin/env bash
# Ends what up.sh started in DIR and waits until nothing of it is left: down.sh DIR [keep-logs]
# shellcheck source-path=SCRIPTDIR
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=$(cd "$1" 2> /dev/null && pwd) || exit 0
keeper=$(cat "$DIR/keeper.pid" 2> /dev/null)
alive() { [ -n "$keeper" ] && kill -0 "$keeper" 2> /dev/null; }
if alive; then
  [ -z "${2:-}" ] || echo "$2" > "$DIR/keep"
  kill "$keeper"
  for _ in $(seq 600); do alive || break; sleep 0.1; done
  alive && { echo "the keeper of $DIR (process $keeper) does not end" >&2; exit 1; }
  exit 0
fi
# Killed hard: the kernel has ended the rest.
cd "$DIR" || exit
. "$HERE/cgroups.sh"
[ ! -f cgroups ] || remove_cgroups
exec "$HERE/clear.sh" "$DIR" "${2:-}"
