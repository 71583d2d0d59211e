import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";

export interface RawOrder {
	readonly kind: "tcp" | "webSocket";
	readonly port: number;
	readonly connections: number;
	/** Bytes of a transfer. */
	readonly bytes: number;
	/** Bytes that are written at once: of one WebSocket message. */
	readonly chunkBytes: number;
}

interface RawConnection {
	/** Resolves when there is room for more. */
	write(chunk: Uint8Array): Promise<unknown>;
	/** Resolves at the next acknowledgement. */
	acknowledged(): Promise<unknown>;
}

const open = new Map<string, readonly RawConnection[]>();

/** Sends one transfer on each of so many connections; seconds until all are acknowledged. */
export async function rawTransfer(order: RawOrder): Promise<number> {
	const { kind, port, connections: number, bytes, chunkBytes } = order;
	const key = `${kind} ${port} ${number}`;
	const connectOne = kind === "tcp" ? tcpConnection : webSocketConnection;
	const connections =
		open.get(key) ?? (await Promise.all(Array.from({ length: number }, () => connectOne(port, bytes))));
	open.set(key, connections);
	const data = new Uint8Array(bytes);
	const started = performance.now();
	await Promise.all(
		connections.map(async (connection) => {
			const end = connection.acknowledged();
			for (let from = 0; from < bytes; from += chunkBytes)
				await connection.write(data.subarray(from, from + chunkBytes));
			await end;
		}),
	);
	return (performance.now() - started) / 1000;
}

function lengthBytes(bytes: number): Uint8Array {
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, bytes, true);
	return length;
}

async function tcpConnection(port: number, bytes: number): Promise<RawConnection> {
	const socket = connect({ port, host: "127.0.0.1", noDelay: true });
	await once(socket, "connect");
	socket.write(lengthBytes(bytes));
	return {
		write: (chunk) => (socket.write(chunk) ? Promise.resolve() : once(socket, "drain")),
		acknowledged: () => once(socket, "data"),
	};
}

const highWaterMark = 1024 * 1024;

async function webSocketConnection(port: number, bytes: number): Promise<RawConnection> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
		perMessageDeflate: false,
		generateMask: (mask) => mask.fill(0),
	});
	await once(socket, "open");
	socket.send(lengthBytes(bytes));
	return {
		write: (chunk) =>
			new Promise<void>((resolve) => {
				socket.send(chunk, () => resolve());
				if (socket.bufferedAmount < highWaterMark) resolve();
			}),
		acknowledged: () => once(socket, "message"),
	};
}
