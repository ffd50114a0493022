#!/usr/bin/env bash
# Removes what a node that has ended left on the machine: clear.sh DIR [keep-logs]
# Its mounts went with its namespace, and the loop devices of its volumes with the mounts, unless the kernel still held one.
DIR=$1
shopt -s nullglob
for image in "$DIR"/volumes/*.img; do
  for device in $(PATH=$PATH:/usr/sbin losetup -j "$image" -O NAME -n); do losetup -d "$device"; done
done
if [ "${2:-}" = keep-logs ]; then
  find "$DIR" -mindepth 1 -maxdepth 1 ! -name log ! -name failed -exec rm -rf {} +
else
  rm -rf "$DIR"
fi
