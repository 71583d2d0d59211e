#!/usr/bin/env bash
# One server and three clients, each in a network namespace of its own, over TLS with client certificates and tokens; links of
# 20 Mbit/s with, where the kernel has netem, 40 ms delay and 1% loss. Ends with the weights of the server and of the simulator.
# Needs root, ip and tc. Usage: bench/network-namespaces.sh [SCENARIO]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scenario=$(realpath "${1:-$root/scenarios/noniid.yaml}")
node=$root/node_modules/.bin/node
number=3
work=$(mktemp -d)
cd "$work"
settings=(--set "clients.number=$number" --set clients.perRound=2 --set rounds=5 --set "output.report=false")

cleanup() {
	for i in $(seq 0 $number); do ip netns pids "fl$i" 2>/dev/null | xargs -r kill -9 2>/dev/null || true; done
	for i in $(seq 0 $number); do ip netns del "fl$i" 2>/dev/null || true; done
	ip link del flbridge 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

ip link add flbridge type bridge
ip link set flbridge up
impairment="rate limit only: this kernel has no netem"
for i in $(seq 0 $number); do
	ip netns add "fl$i"
	ip link add "flhost$i" type veth peer name eth0 netns "fl$i"
	ip link set "flhost$i" master flbridge up
	ip -n "fl$i" addr add "10.77.0.$((i + 1))/24" dev eth0
	ip -n "fl$i" link set eth0 up
	ip -n "fl$i" link set lo up
	if tc -n "fl$i" qdisc add dev eth0 root netem delay 20ms 5ms loss 0.5% rate 20mbit 2>/dev/null; then
		impairment="40 ms delay and 1% loss both ways together, 20 Mbit/s"
	else
		tc -n "fl$i" qdisc add dev eth0 root tbf rate 20mbit burst 32kb latency 400ms
	fi
done
echo "network: $impairment"

server() { "$node" "$root/server/src/main.ts" "$@"; }
server certificates --host 10.77.0.1 --client "0-$((number - 1))" --out certificates > /dev/null
server tokens issue --client "0-$((number - 1))" | grep -o 'flc1\.[0-9]*\.[A-Za-z0-9_-]*' > tokens
ip netns exec fl0 "$node" "$root/server/src/main.ts" "$scenario" "${settings[@]}" --host 10.77.0.1 --port 8443 --json \
	--cert certificates/server.pem --key certificates/server-key.pem --client-ca certificates/ca.pem > server.json 2> server.log &
server=$!
for i in $(seq 1 $number); do
	FL_CLIENT_TOKEN=$(sed -n "${i}p" tokens) ip netns exec "fl$i" "$node" "$root/client/src/main.ts" --server wss://10.77.0.1:8443 \
		--partition "$i/$number" --state "state$i" --ca certificates/ca.pem \
		--cert "certificates/client-$((i - 1)).pem" --key "certificates/client-$((i - 1))-key.pem" > "client$i.log" 2>&1 &
done
wait "$server" || { cat server.log; exit 1; }
wait
"$node" "$root/packages/cli/src/main.ts" "$scenario" "${settings[@]}" --json > simulated.json
weights() { grep -o '"weightsSha256":"[0-9a-f]*"' "$1" | cut -d'"' -f4; }
bytes() { grep -o '"bytesUp":[0-9]*,"bytesDown":[0-9]*' "$1"; }
grep -o '"socketBytes":{[^}]*}' server.log | tail -1
echo "server:    $(weights server.json) $(bytes server.json)"
echo "simulator: $(weights simulated.json) $(bytes simulated.json)"
[ "$(weights server.json) $(bytes server.json)" = "$(weights simulated.json) $(bytes simulated.json)" ] && echo equal
