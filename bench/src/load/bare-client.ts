import { crc32 } from "node:zlib";
import { type ClientMessage, decodeFrame, encodeControlFrame, type ServerMessage } from "@fl-sim/protocol";
import { WebSocket } from "ws";

/** It computes nothing, so any backend will do. */
const backends = ["onnxruntime", "tensorflow", "wasm", "cpu"];

/** A client that joins, and then does nothing by itself: what it says is up to its owner. */
export class BareClient {
	/** Whether it was let in. */
	readonly ready: Promise<boolean>;
	/** Why the connection ended, once it has. */
	end: string | undefined;
	readonly #socket: WebSocket;

	constructor(address: string, client: number, parameters: number) {
		const socket = new WebSocket(address, { perMessageDeflate: false });
		this.#socket = socket;
		this.ready = new Promise((resolve) => {
			socket.on("message", (data: Buffer) => {
				const frame = decodeFrame(data, crc32);
				if (frame.kind !== "control") return;
				const { type } = JSON.parse(frame.text) as ServerMessage;
				if (type === "challenge") {
					const nonce = "n".repeat(32);
					this.say({ type: "hello", protocol: 1, software: "bare client", client, nonce, backends });
				} else if (type === "welcome") {
					this.say({ type: "ready", backendVersion: "1", parameters, trainExamples: 100, testExamples: 0 });
					resolve(true);
				}
			});
			socket.on("error", () => undefined); // the end follows
			socket.on("close", (code, reason) => {
				this.end = `${code} ${reason.toString("utf8")}`;
				resolve(false);
			});
		});
	}

	/** Bytes that wait for the network. */
	get waiting(): number {
		return this.#socket.bufferedAmount;
	}

	say(message: ClientMessage): void {
		if (this.#socket.readyState !== WebSocket.OPEN) return;
		this.#socket.send(encodeControlFrame(JSON.stringify(message), crc32));
	}

	/** Ends the connection as a broken network does. */
	cut(): void {
		this.#socket.terminate();
	}
}
