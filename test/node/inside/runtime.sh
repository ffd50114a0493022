# containerd with runc (sourced by init.sh), and the images that the node has: there is no registry to pull from.
# shellcheck shell=bash
step 'container runtime'
# restrict_oom_score_adj: without CAP_SYS_RESOURCE lowering a score is refused, and runc dies of it.
cat > containerd.toml <<C
version = 3
root = "$DIR/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "$socket"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "registry.k8s.io/pause:3.10"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      BinaryName = "$(readlink -f "$TOOLS/runc")"
      SystemdCgroup = false
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["$(dirname "$(readlink -f "$TOOLS/host-local")")"]
    conf_dir = "$DIR/cni"
C
cat > cni/10-pods.conflist <<C
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$POD_NET"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
C
start containerd containerd --config containerd.toml
wait_for containerd ctr -a $socket version
step 'images'
while read -r image; do
  [ -z "$image" ] || ctr -a $socket -n k8s.io images import --local "$image" >> log/images.log 2>&1
done < image-files
