#!/bin/sh
# Begins a run, or goes on with the one that was interrupted. In the folder that holds `runs/`:
# fl-server-start.sh SCENARIO [options of fl-server]
set -eu

scenario=$1
shift
repository=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
node=$repository/node_modules/.bin/node
[ -x "$node" ] || node=node

if [ ! -e runs/latest/run.json ]; then
	exec "$node" "$repository/server/src/main.ts" "$scenario" --set "output.folder=$PWD/runs" "$@"
elif grep -q '^	"status": "finished"' runs/latest/run.json; then
	echo "The run is finished. To begin another one, remove $PWD/runs/latest."
else
	exec "$node" "$repository/server/src/main.ts" resume latest "$@"
fi
