#!/usr/bin/env bash
# Makes the volumes (a part of init.sh): each claim of the class `standard` gets an ext4 file system of its size in a sparse file,
# as a `local` volume. The kubelet meters those (kubelet_volume_stats_*); a volume of the kind hostPath it does not, and a
# plain folder would report the whole disk.
set -u
VOLUMES=$DIR/volumes
kubectl apply -f - <<'S'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: tenantry.dev/loop
reclaimPolicy: Delete
volumeBindingMode: Immediate
S

make() { # namespace name uid size
  local volume=pvc-$3 at=$VOLUMES/pvc-$3
  [ -d "$at" ] && return
  mkdir -p "$at"
  truncate -s "$(numfmt --from=auto "$4")" "$at.img"
  # -o loop: the kernel lets the loop device go with the mount.
  mkfs.ext4 -q -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$at.img" && mount -o loop "$at.img" "$at" || return
  # Retain: removing it is this script's work, below.
  kubectl create -f - <<P
apiVersion: v1
kind: PersistentVolume
metadata: {name: $volume, annotations: {pv.kubernetes.io/provisioned-by: tenantry.dev/loop}}
spec:
  capacity: {storage: $4}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: standard
  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: $1, name: $2, uid: $3}
  local: {path: $at}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-0]}]}]}}
P
}
# The claim is gone, and this class deletes what it held.
remove() {
  local at=$VOLUMES/$1
  mountpoint -q "$at" && umount "$at" && rm -rf "$at.img" && rmdir "$at" && kubectl delete pv "$1"
}

# A watch ends now and then, and begins anew with what there is.
while :; do
  kubectl get pv -w -o json | jq --unbuffered -r 'select(.status.phase == "Released" and .spec.storageClassName == "standard") | .metadata.name' |
    while read -r volume; do remove "$volume"; done
  sleep 1
done &
while :; do
  kubectl get pvc -A -w -o json |
    jq --unbuffered -r 'select(.status.phase == "Pending" and .spec.storageClassName == "standard") | [.metadata.namespace, .metadata.name, .metadata.uid, .spec.resources.requests.storage] | @tsv' |
    while read -r namespace name uid size; do make "$namespace" "$name" "$uid" "$size"; done
  sleep 1
done
