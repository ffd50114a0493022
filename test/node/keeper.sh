#!/usr/bin/env bash
# The one process outside that holds a node (started by up.sh): its cgroups, its namespaces and its relays begin and end with
# it. It ends when it is told to (SIGTERM), when the node has ended, or when OWNER_PID has. Killed hard, it takes the node and
# the relays along (their parent-death signal), and the next keeper removes the empty cgroups that it left.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=$1
cd "$DIR" || exit
echo $$ > keeper.pid
. "$HERE/cgroups.sh"
PATH=$TOOLS:$PATH:/usr/sbin:/sbin
export DIR TOOLS API_PORT PATH BILLING_PORT="${BILLING_PORT:-}"
parts=()
# Whatever is started here is killed by the kernel when the keeper is gone.
start() { local name=$1; shift; setpriv --pdeathsig KILL "$@" > "log/$name.log" 2>&1 < /dev/null & parts+=($!); }

end() {
  trap '' TERM INT HUP
  # `unshare` takes pid 1 of the node along, and pid 1 every process in it.
  [ ${#parts[@]} = 0 ] || kill -KILL "${parts[@]}" 2> /dev/null
  wait
  remove_cgroups
  exec "$HERE/clear.sh" "$DIR" "$(cat keep 2> /dev/null)"
}
trap end TERM INT HUP

remove_left_cgroups
make_cgroups || { echo 'no cgroup of its own could be made' > failed; end; }
# shellcheck disable=SC2016 # the inner shell's variables: it enters the cgroups itself, before it becomes the node
start node bash -c 'while read -r _ own; do echo $$ > "$own/cgroup.procs" || exit; done < cgroups
  exec unshare --cgroup --mount --net --pid --uts --ipc --fork --kill-child --propagation private bash "$0/inside/init.sh"' "$HERE"
node=${parts[0]}
start relay-api socat "TCP-LISTEN:$API_PORT,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$DIR/sock/api"
if [ -n "$BILLING_PORT" ]; then
  start relay-billing socat "UNIX-LISTEN:$DIR/sock/billing,fork,unlink-early" "TCP:127.0.0.1:$BILLING_PORT"
fi

while kill -0 "$node" 2> /dev/null && { [ -z "${OWNER_PID:-}" ] || kill -0 "$OWNER_PID" 2> /dev/null; }; do
  sleep 1 &
  wait $!
done
# The node itself has failed: what it said is left for who looks.
kill -0 "$node" 2> /dev/null || echo keep-logs > keep
end
