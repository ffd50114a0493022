#!/usr/bin/env bash
# Builds the Dockerfiles of the project without a registry: dockerfiles.sh STORE [DOCKERFILE…]. What they name in FROM is made from
# Debian's packages and this machine's Node and Helm, and tagged so. STORE keeps layers between runs.
# Needs root, buildah, mmdebstrap (Debian's packages of these names), npm with its registry, and helm in $TOOLS.
set -euo pipefail
STORE=$(mkdir -p "$1" && cd "$1" && pwd)
shift
PROJECT=$(cd "$(dirname "$0")/../.." && pwd)
TOOLS=${TOOLS:-$HOME/.cache/tenantry-tools}
NODE=$PROJECT/node_modules/node/bin/node
for program in buildah mmdebstrap; do
  type -P $program > /dev/null || { echo "$program is missing: apt-get install $program" >&2; exit 1; }
done
[ $# -gt 0 ] || set -- exporter/Dockerfile exporter/mqtt/Dockerfile provisioner/Dockerfile examples/instance/Dockerfile
WORK=$(mktemp -d)
# A build's own mounts outlive it now and then: whoever removes STORE would find it busy.
unmount() { awk -v under="$STORE/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l; }
trap 'unmount; rm -rf "$WORK"' EXIT

buildah_here() { buildah --root "$STORE/store" --runroot "$STORE/run" --storage-driver overlay "$@"; }
# chroot: a build needs no cgroups and no network of its own.
build() { buildah_here bud --isolation chroot --pull-never "$@"; }
have() { buildah_here inspect --type image "$1" > /dev/null 2>&1; }

base() { # the Debian of `node:24-slim`, with the Node that the project pins
  local npm
  npm=$(dirname "$(dirname "$(readlink -f "$(type -P npm)")")")
  mmdebstrap --variant=minbase --include=ca-certificates,libstdc++6 --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' bookworm "$WORK/base.tar"
  cp "$NODE" "$WORK/node"
  cp -rL "$npm" "$WORK/npm"
  cat > "$WORK/Containerfile" <<'F'
FROM scratch
ADD base.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
CMD ["node"]
F
  build -f "$WORK/Containerfile" -t docker.io/library/node:24-slim "$WORK"
}

helm_image() {
  mkdir "$WORK/helm"
  cp "$TOOLS/helm" "$WORK/helm/"
  printf 'FROM scratch\nCOPY helm /usr/bin/helm\n' > "$WORK/helm/Containerfile"
  build -f "$WORK/helm/Containerfile" -t "$1" "$WORK/helm"
}

have docker.io/library/node:24-slim || base
helm=docker.io/alpine/helm:$(sed -n 's/^ARG HELM_VERSION=//p' "$PROJECT/provisioner/Dockerfile")
have "$helm" || helm_image "$helm"
# npm trusts what this machine trusts: its certificates, settings and cache are mounted for the build, and not copied.
settings=$(npm config get globalconfig)
[ -f "$settings" ] || settings=/dev/null
for file in "$@"; do
  start=$SECONDS
  name=$(dirname "$file" | tr / -)
  build --layers -v /etc/ssl/certs:/etc/ssl/certs:ro -v "$settings:/usr/local/etc/npmrc:ro" -v "$(npm config get cache):$(echo ~root)/.npm" \
    -f "$PROJECT/$file" -t "localhost/tenantry/$name" "$PROJECT" > "$STORE/$name.log" 2>&1 ||
    { tail -n 20 "$STORE/$name.log" >&2; echo "$file could not be built" >&2; exit 1; }
  echo "$file: built in $((SECONDS - start)) s, $(buildah_here images --format '{{.Size}}' "localhost/tenantry/$name")"
done
