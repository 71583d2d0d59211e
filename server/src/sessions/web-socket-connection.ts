import type { Connection } from "@fl-sim/protocol";
import { WebSocket } from "ws";

/** Bytes that may wait for a slow reader before its sender is held back. */
const highWaterMark = 1024 * 1024;

/** A WebSocket as a connection. A sender waits while more than 1 MiB is on its way. */
export function webSocketConnection(socket: WebSocket): Connection {
	return {
		get isOpen() {
			return socket.readyState === WebSocket.OPEN;
		},
		send(frame) {
			return new Promise((resolve) => {
				if (socket.readyState !== WebSocket.OPEN) return resolve();
				socket.send(frame, { binary: true }, () => resolve());
				if (socket.bufferedAmount <= highWaterMark) resolve();
			});
		},
		close(code, reason) {
			socket.close(code, reason.slice(0, 120));
		},
	};
}
