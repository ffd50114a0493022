# The node's network (sourced by init.sh): a bridge without ports carries its addresses, and nothing leads out.
# shellcheck shell=bash
step 'network'
hostname node-0
ip link set lo up
ip link add node0 type bridge
ip addr add "$NODE_IP/24" dev node0
ip addr add "$BILLING_IP/24" dev node0
ip link set node0 up
# As in a cloud, something answers at the metadata address: a policy that forgets it shows.
ip addr add 169.254.169.254/32 dev node0
start metadata socat TCP-LISTEN:80,bind=169.254.169.254,fork,reuseaddr 'SYSTEM:echo HTTP/1.0 200 OK; echo; echo credentials'
# Programs that look for the machine's address look for a default route.
ip route add default dev node0
echo 1 > /proc/sys/net/ipv4/ip_forward
# Without it traffic between pods of one bridge would pass no network policy.
echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
# The two ways in and out: sockets in DIR, which keeper.sh relays to loopback.
start relay-api-inside socat "UNIX-LISTEN:sock/api,fork,unlink-early" TCP:127.0.0.1:6443
if [ -n "$BILLING_PORT" ]; then
  start relay-billing-inside socat "TCP-LISTEN:$BILLING_PORT,bind=$BILLING_IP,fork,reuseaddr" "UNIX-CONNECT:$DIR/sock/billing"
fi
