#!/usr/bin/env bash
# Makes the images that a node runs, without a registry and without Docker: images.sh [NAME…] prints their files, in the order of
# their names below. Each is the programs of this machine with the shared libraries that they load, under the name that the
# chart or the cluster asks for: stand-ins for the published ones, but of the same programs.
# They are kept in $TOOLS/images by what went into them (these scripts, the programs, the bundles), so that nothing is made twice.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
PROJECT=$(cd "$HERE/../.." && pwd)
TOOLS=${TOOLS:-$HOME/.cache/tenantry-tools}
PATH=$PATH:/usr/sbin:/usr/lib/postgresql/15/bin
wanted=${*:-pause coredns prometheus postgres exporter instance dashboard mosquitto mosquitto-exporter redis postgres-exporter opencost grafana}
kept_days=2 # of images that nothing asks for any more: other checkouts have their own

mkdir -p "$TOOLS/images"
exec 9> "$TOOLS/images/.lock"
flock 9
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
. "$HERE/images/pack.sh"
. "$HERE/images/made.sh"

# image NAME REFERENCE INPUT…: $WORK/NAME becomes the image's root, by the function make_NAME
image() {
  local name=$1 reference=$2 key file
  shift 2
  [[ " $wanted " == *" $name "* ]] || return 0
  key=$(cat "$HERE"/images.sh "$HERE"/images/*.sh "$@" | sha256sum)
  file=$TOOLS/images/$(tr '/:' '__' <<< "$reference")@${key:0:16}.tar
  if [ ! -e "$file" ]; then
    echo "image: making $reference" >&2
    ROOT=$WORK/$name
    mkdir "$ROOT"
    "make_$name" > "$WORK/config.json"
    pack "$reference" "$file"
    rm -rf "$ROOT"
  fi
  touch "$file"
  echo "$file"
}

bundle exporter exporter
bundle instance examples/instance
bundle mosquitto-exporter exporter/mqtt
image pause registry.k8s.io/pause:3.10
image coredns registry.k8s.io/coredns/coredns:v1.15.0 "$TOOLS/coredns"
image prometheus quay.io/prometheus/prometheus:v0.315.0 "$TOOLS/prometheus"
image postgres docker.io/library/postgres:15-alpine "$(readlink -f "$(type -P postgres)")" "$(readlink -f "$TOOLS/busybox")"
image exporter docker.io/tenantry/billing-exporter:0.1.0 "$WORK/exporter.mjs" "$PROJECT/exporter/Dockerfile" "$NODE"
image instance docker.io/tenantry/instance-api:0.1.0 "$WORK/instance.mjs" "$PROJECT/examples/instance/Dockerfile" "$NODE"
image dashboard docker.io/tenantry/instance-dashboard:0.1.0 "$WORK/instance.mjs" "$PROJECT/examples/instance/Dockerfile" "$NODE"
image mosquitto docker.io/iegomez/mosquitto-go-auth:3.0.0-mosquitto_2.0.18 "$(readlink -f "$TOOLS/mosquitto")" "$(readlink -f "$(type -P psql)")"
image mosquitto-exporter docker.io/tenantry/mosquitto-exporter:0.1.0 "$WORK/mosquitto-exporter.mjs" "$PROJECT/exporter/mqtt/Dockerfile" "$NODE"
image redis docker.io/library/redis:7-alpine "$(readlink -f "$TOOLS/redis-server")"
image postgres-exporter quay.io/prometheuscommunity/postgres-exporter:v0.17.1
image opencost ghcr.io/opencost/opencost:1.117.3
image grafana docker.io/grafana/grafana:12.1.0
find "$TOOLS/images" -name '*.tar*' -mtime "+$kept_days" -delete
