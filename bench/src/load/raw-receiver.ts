// A process that takes bytes and does nothing with them: what connections on this machine allow. Says `{ tcp, webSocket }`,
// its ports, to its parent. Each connection names the length of its transfers first, in four bytes, and gets a byte for
// each that is complete.
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { WebSocketServer } from "ws";

/** Counts what comes, and acknowledges each whole transfer. */
function counter(acknowledge: () => void): (data: Uint8Array) => void {
	let length: number | undefined;
	let received = 0;
	return (data) => {
		let count = data.length;
		if (length === undefined) {
			length = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
			count -= 4;
		}
		received += count;
		if (received < length) return;
		received -= length;
		acknowledge();
	};
}

const tcp = createTcpServer({ noDelay: true }, (socket) => {
	socket.on(
		"data",
		counter(() => socket.write(Uint8Array.of(1))),
	);
	socket.on("error", () => undefined);
});
const http = createServer();
new WebSocketServer({ server: http, perMessageDeflate: false }).on("connection", (socket) => {
	const count = counter(() => socket.send(Uint8Array.of(1)));
	socket.on("message", (data) => count(data as Buffer));
});
tcp.listen(0, "127.0.0.1", () =>
	http.listen(0, "127.0.0.1", () => {
		const portOf = (server: { address(): AddressInfo | string | null }): number =>
			(server.address() as AddressInfo).port;
		process.send?.({ tcp: portOf(tcp), webSocket: portOf(http) });
	}),
);
process.on("disconnect", () => process.exit());
