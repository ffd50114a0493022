# What is in each image (sourced by images.sh): make_NAME fills $ROOT and prints the image's `config`.
# shellcheck shell=bash
NODE=$PROJECT/node_modules/node/bin/node

# bundle NAME FOLDER: the program as its Dockerfile has it bundled; the dashboard is the instance's
bundle() {
  [[ " ${wanted/dashboard/instance} " != *" $1 "* ]] || (cd "$PROJECT" && "$NODE" "$2/bundle.ts" "$WORK/$1.mjs" > /dev/null)
}

# Holds a pod's namespaces, and does nothing.
make_pause() {
  gcc -static -Os -s -x c -o "$ROOT/pause" - <<'C'
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>
static void down(int s) { _exit(0); }
static void reap(int s) { while (waitpid(-1, 0, WNOHANG) > 0); }
int main(void) { signal(SIGINT, down); signal(SIGTERM, down); signal(SIGCHLD, reap); for (;;) pause(); }
C
  echo '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
}

make_coredns() {
  moved_to /coredns "$TOOLS/coredns"
  echo '{"Entrypoint": ["/coredns"]}'
}

make_prometheus() {
  base
  moved_to /bin/prometheus "$TOOLS/prometheus"
  echo '{"Entrypoint": ["/bin/prometheus"], "User": "65534:65534"}'
}

# The machine's PostgreSQL in the user and places of the official Alpine build. Its entry point makes a database where there is
# none; the chart's own init container has made it by then.
make_postgres() {
  local bin share library name
  bin=$(dirname "$(readlink -f "$(type -P postgres)")")
  share=$("$bin/pg_config" --sharedir)
  library=$("$bin/pg_config" --pkglibdir)
  base
  with_libraries "$bin"/{postgres,initdb,pg_ctl,pg_isready,psql,pg_dump,pg_restore,pg_controldata}
  for name in plpgsql dict_snowball pgcrypto pg_stat_statements; do
    [ ! -e "$library/$name.so" ] || with_libraries "$library/$name.so"
  done
  mkdir -p "$ROOT$share" "$ROOT/var/lib/postgresql/data" "$ROOT/var/run/postgresql" "$ROOT/usr/share"
  cp -r "$share/." "$ROOT$share"
  rm -rf "$ROOT$share"/{man,locale}
  mkdir -p "$ROOT/usr/lib/locale"
  cp -r /usr/lib/locale/C.utf8 "$ROOT/usr/lib/locale/"
  cp -rL /usr/share/zoneinfo "$ROOT/usr/share/zoneinfo"
  chown -R 70:70 "$ROOT/var/lib/postgresql" "$ROOT/var/run/postgresql"
  jq -n --arg path "$bin:/bin:/usr/bin" '{Entrypoint: ["postgres"], StopSignal: "SIGINT",
    Env: ["PATH=" + $path, "PGDATA=/var/lib/postgresql/data", "LANG=C.UTF-8"]}'
}

# program NAME DOCKERFILE: a bundle under Node, run as its Dockerfile says
program() {
  base
  moved_to /usr/bin/node "$NODE"
  install -D -m 644 "$WORK/$1.mjs" "$ROOT/app/$1.mjs"
  config_of "$PROJECT/$2"
}
make_exporter() { program exporter exporter/Dockerfile; }
make_instance() { program instance examples/instance/Dockerfile; }
make_mosquitto-exporter() { program mosquitto-exporter exporter/mqtt/Dockerfile; }
# The same program: ROLE, which the chart sets, says what it is.
make_dashboard() { make_instance; }

# Debian's broker in the place of one with mosquitto-go-auth in it, with a script in the plugin's place (go-auth.sh).
make_mosquitto() {
  base
  moved_to /usr/bin/psql "$(dirname "$(readlink -f "$(type -P postgres)")")/psql"
  moved_to /usr/sbin/mosquitto-of-debian "$(readlink -f "$TOOLS/mosquitto")"
  install -m 755 "$HERE/images/go-auth.sh" "$ROOT/usr/sbin/mosquitto"
  mkdir -p "$ROOT/mosquitto/data"
  echo '{"Entrypoint": ["mosquitto"], "Env": ["PATH=/usr/sbin:/usr/bin:/bin"]}'
}

make_redis() {
  base
  moved_to /usr/bin/redis-server "$(readlink -f "$TOOLS/redis-server")"
  with_libraries "$(type -P redis-cli)"
  mkdir -p "$ROOT/data"
  echo '{"Entrypoint": ["redis-server"], "Env": ["PATH=/usr/bin:/bin"]}'
}

# answers PORT NAME: what cannot be had here, as files that are served: what a probe asks for, and a few metrics under their own names.
# Busybox' httpd handles no signal, and a pod's first process ends by none that it does not handle: only KILL spares its pod's whole grace.
answers() {
  base
  mkdir -p "$ROOT/www"
  echo "stands in for $2" > "$ROOT/www/index.html"
  jq -n --arg port "$1" '{Entrypoint: ["httpd", "-f", "-p", $port, "-h", "/www"], StopSignal: "SIGKILL", Env: ["PATH=/usr/sbin:/usr/bin:/bin"]}' > "$WORK/entry"
}
make_postgres-exporter() {
  answers 9187 postgres_exporter
  echo 'pg_up 1' > "$ROOT/www/metrics"
  cat "$WORK/entry"
}
make_opencost() {
  answers 9003 OpenCost
  echo ok > "$ROOT/www/healthz"
  echo 'node_cpu_hourly_cost{node="node-0"} 0.03' > "$ROOT/www/metrics"
  mkdir "$ROOT/www/allocation"
  # As OpenCost answers for a window in which nothing ran.
  echo '{"code":200,"data":[{}]}' > "$ROOT/www/allocation/compute"
  cat "$WORK/entry"
}
make_grafana() {
  answers 3000 Grafana
  mkdir "$ROOT/www/api"
  echo '{"database":"ok"}' > "$ROOT/www/api/health"
  echo 'grafana_build_info 1' > "$ROOT/www/metrics"
  cat "$WORK/entry"
}
