import { limits } from "@fl-sim/protocol";
import { type ClientOptions, WebSocket } from "ws";
import type { Channel, Closing, Transport } from "../session/index.ts";
import { connectFailure, responseFailure } from "./connect-failure.ts";
import { FrameQueue } from "./frame-queue.ts";

export interface WebSocketSettings {
	readonly address: URL;
	/** Certificates and keys, for wss. */
	readonly tls?: Pick<ClientOptions, "ca" | "cert" | "key" | "minVersion">;
	/** Milliseconds for connecting and upgrading. */
	readonly handshakeTimeout?: number;
}

/** Bytes that may wait for the network before a sender is held up. */
const highWater = 1024 * 1024;
/** Milliseconds that the server has to close after the client did. */
const closingPatience = 2000;
/** Longest reason in a close frame, RFC 6455, section 5.5. */
const longestReason = 123;

/** Reaches the server by WebSocket. */
export function webSocketTransport(settings: WebSocketSettings): Transport {
	return { connect: (signal) => connect(settings, signal) };
}

function optionsOf({ tls, handshakeTimeout = 10_000 }: WebSocketSettings): ClientOptions {
	return {
		...tls,
		// It costs memory and time, and weights hardly shrink.
		perMessageDeflate: false,
		maxPayload: limits.maxChunkData + 1024,
		// A frame of this protocol is one message of few fragments.
		maxFragments: 64,
		maxBufferedChunks: 4096,
		handshakeTimeout,
		followRedirects: false,
		/*
		 * Masks keep scripts of web pages from choosing the bytes that proxies see (RFC 6455, section 10.3). No page
		 * chooses what goes out here, and a mask of zeros spares a copy and a pass over every update.
		 */
		generateMask: (mask) => mask.fill(0),
	};
}

function connect(settings: WebSocketSettings, signal: AbortSignal): Promise<Channel> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(settings.address, optionsOf(settings));
		const channel = channelOf(socket); // listens before the first frame can come
		const onAbort = (): void => socket.terminate();
		signal.addEventListener("abort", onAbort, { once: true });
		socket.on("open", () => {
			signal.removeEventListener("abort", onAbort);
			resolve(channel);
		});
		socket.on("unexpected-response", (request, response) => {
			request.destroy();
			reject(responseFailure(settings.address, response.statusCode ?? 0));
		});
		// Stays for the life of the socket: an error is followed by the end, which is what counts then.
		socket.on("error", (error) => reject(connectFailure(settings.address, error)));
		if (signal.aborted) onAbort();
	});
}

function channelOf(socket: WebSocket): Channel {
	const frames = new FrameQueue(() => {
		if (socket.isPaused) socket.resume();
	});
	const closed = new Promise<Closing>((resolve) => {
		socket.on("close", (code, reason) => {
			frames.end();
			resolve({ code, reason: reason.toString("utf8") });
		});
	});
	socket.on("message", (data: Buffer) => {
		// A text message is no frame either, and is found to be none where frames are read.
		if (!frames.push(data)) socket.pause();
	});
	return {
		frames,
		closed,
		get isOpen() {
			return socket.readyState === WebSocket.OPEN;
		},
		send: (frame, left) => send(socket, frame, left),
		close(code, reason) {
			if (socket.readyState !== WebSocket.OPEN) return;
			if (socket.isPaused) socket.resume(); // else the answer is never read
			socket.close(code, shortened(reason));
			const timer = setTimeout(() => socket.terminate(), closingPatience);
			socket.once("close", () => clearTimeout(timer));
		},
	};
}

function send(socket: WebSocket, frame: Uint8Array, left?: () => void): Promise<void> {
	return new Promise((resolve) => {
		if (socket.readyState !== WebSocket.OPEN) return resolve();
		socket.send(frame, () => {
			left?.();
			resolve();
		});
		// Behind what the socket has taken at once: that memory is free by then.
		if (socket.bufferedAmount < highWater) process.nextTick(resolve);
	});
}

/** Cut at a whole character. */
function shortened(reason: string): string {
	const bytes = Buffer.from(reason);
	if (bytes.length <= longestReason) return reason;
	return bytes
		.subarray(0, longestReason)
		.toString("utf8")
		.replace(/\uFFFD+$/u, "");
}
