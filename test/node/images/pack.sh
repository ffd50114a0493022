# How an image is made of programs (sourced by images.sh).
# shellcheck shell=bash

# with_libraries PROGRAM…: copies them to their own places below $ROOT, with every shared library that they load
with_libraries() {
  local file
  for file in "$@"; do install -D "$(readlink -f "$file")" "$ROOT$file"; done
  # A static program has none, which ldd calls a failure.
  for file in $({ ldd "$@" 2> /dev/null || true; } | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*[^:]$/ { print $1 }' | sort -u); do
    [ -e "$ROOT$file" ] || install -D "$(readlink -f "$file")" "$ROOT$file"
  done
}

# moved_to /PATH PROGRAM: as with_libraries, at a path of the image's own
moved_to() {
  with_libraries "$2"
  mkdir -p "$(dirname "$ROOT$1")"
  mv "$ROOT$2" "$ROOT$1"
}

# A shell with its usual programs, users, and how names are looked up.
base() {
  local name
  mkdir -p "$ROOT"/{bin,etc,tmp,usr/bin,usr/sbin,sbin,root,run,proc,sys,dev,var/run}
  chmod 1777 "$ROOT/tmp"
  moved_to /bin/busybox "$TOOLS/busybox"
  for name in $("$TOOLS/busybox" --list); do ln -sn busybox "$ROOT/bin/$name" 2> /dev/null || true; done
  printf '%s\n' root:x:0:0:root:/root:/bin/sh postgres:x:70:70::/var/lib/postgresql:/bin/sh node:x:1000:1000::/tmp:/bin/sh \
    nobody:x:65534:65534::/tmp:/bin/sh > "$ROOT/etc/passwd"
  printf '%s\n' root:x:0: postgres:x:70: node:x:1000: nogroup:x:65534: > "$ROOT/etc/group"
  echo 'hosts: files dns' > "$ROOT/etc/nsswitch.conf"
}

# config_of DOCKERFILE: what its last stage says of how the image runs, as an image's `config`
config_of() {
  local entry environment user folder
  entry=$(sed -n 's/^ENTRYPOINT //p' "$1" | tail -n 1)
  environment=$(sed -n 's/^ENV //p' "$1" | tail -n 1)
  user=$(sed -n 's/^USER //p' "$1" | tail -n 1)
  folder=$(sed -n 's/^WORKDIR //p' "$1" | tail -n 1)
  jq -n --argjson entry "$entry" --arg environment "$environment" --arg user "$user" --arg folder "$folder" \
    '{Entrypoint: $entry, Env: (["PATH=/usr/bin:/bin"] + ($environment | split(" "))), User: $user, WorkingDir: $folder}'
}

# pack REFERENCE FILE: $ROOT and $WORK/config.json as a tar that containerd imports
pack() {
  local dir=$WORK/pack id
  mkdir "$dir"
  tar -C "$ROOT" --sort=name --mtime=@0 --numeric-owner -cf "$dir/layer.tar" .
  id=$(sha256sum < "$dir/layer.tar" | cut -c1-64)
  jq --arg id "$id" '{architecture: "amd64", os: "linux", config: ., rootfs: {type: "layers", diff_ids: ["sha256:" + $id]},
    history: [{created_by: "images.sh"}]}' "$WORK/config.json" > "$dir/config.json"
  jq -n --arg name "$1" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' > "$dir/manifest.json"
  tar -C "$dir" -cf "$2.part" manifest.json config.json layer.tar
  mv "$2.part" "$2"
  rm -rf "$dir"
}
