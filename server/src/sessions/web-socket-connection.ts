import type { Connection } from "@fl-sim/protocol";
import { WebSocket } from "ws";

/** Bytes that may wait for a slow reader before its sender is held back. */
const highWaterMark = 1024 * 1024;

/** Bytes that wait for a reader at most: what is sent without waiting is small, so this one reads nothing. */
const mostWaiting = 8 * 1024 * 1024;
/** Milliseconds that the peer has to close after this side did. */
const closingPatience = 2000;

/** A WebSocket as a connection. A sender waits while more than 1 MiB is on its way. */
export function webSocketConnection(socket: WebSocket): Connection {
	return {
		get isOpen() {
			return socket.readyState === WebSocket.OPEN;
		},
		send(frame, left) {
			return new Promise((resolve) => {
				if (socket.readyState !== WebSocket.OPEN) return resolve();
				socket.send(frame, { binary: true }, () => {
					left?.();
					resolve();
				});
				// Behind what the socket has taken at once: that memory is free by then.
				if (socket.bufferedAmount <= highWaterMark) process.nextTick(resolve);
				else if (socket.bufferedAmount > mostWaiting) socket.terminate();
			});
		},
		close(code, reason) {
			if (socket.isPaused) socket.resume(); // else the answer is never read
			socket.close(code, reason.slice(0, 120));
			const timer = setTimeout(() => socket.terminate(), closingPatience);
			socket.once("close", () => clearTimeout(timer));
		},
	};
}
