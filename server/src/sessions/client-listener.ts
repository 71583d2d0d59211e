import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { limits, ProtocolError } from "@fl-sim/protocol";
import { type WebSocket, WebSocketServer } from "ws";
import { ConnectionRate, networkOf } from "./connection-rate.ts";
import { MessageBudget } from "./message-budget.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { webSocketConnection } from "./web-socket-connection.ts";

export interface ListenerSettings {
	/** Pages whose scripts may connect; programs that are no browsers name no origin. */
	readonly allowedOrigins: readonly string[];
	readonly maxConnections: number;
	readonly maxConnectionsPerAddress: number;
	/** New connections that one address may open at once, and again in each minute. */
	readonly connectionsPerMinute: number;
	/** Time for the hello. */
	readonly greetingSeconds: number;
	readonly heartbeatSeconds: number;
	/** The client that a peer's certificate is made out to; undefined where none are asked for. */
	certifiedClient(request: IncomingMessage): number | undefined;
	/** Told of connections that are turned away before the first message. */
	turnedAway(refusal: TurnedAway): void;
}

export interface TurnedAway {
	readonly address: string;
	/** HTTP status, or `TLS` where there was no request. */
	readonly status: string;
	readonly reason: string;
	/** False for those that follow the first one of a burst. */
	readonly isNews: boolean;
}

export interface ClientListener {
	/** Bytes of all connections, as they passed the sockets. */
	socketBytes(): { down: number; up: number };
	/** Lets nobody in any more; resolves when those who are in have gone, or were cut off. */
	close(): Promise<void>;
}

/** Time for connections to end by themselves. */
const closingMilliseconds = 2000;

/** Frames of fewer bytes cost more than what they carry, and are counted. */
const smallFrame = 16 * 1024;

/** Lets clients of an HTTP server in by WebSocket, at the path `/`. */
export function listenForClients(
	server: Server,
	sessions: Sessions,
	settings: ListenerSettings,
): ClientListener {
	const sockets = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		maxPayload: limits.maxChunkData + 1024,
		maxFragments: 64,
		maxBufferedChunks: 4096,
		// A read may hold a thousand small messages: those of the other clients come between them.
		allowSynchronousEvents: false,
	});
	const open = new Map<Session, WebSocket>();
	const perAddress = new Map<string, number>();
	const rate = new ConnectionRate(settings.connectionsPerMinute);
	const traffic = { down: 0, up: 0 };
	const live = new Set<Socket>();
	/** TCP connections by the address of the peer: the socket of an encrypted request knows its decrypted bytes only. */
	const carriers = new Map<string, Socket>();

	function carry(socket: Socket): void {
		const peer = peerOf(socket);
		carriers.set(peer, socket);
		socket.once("close", () => {
			if (carriers.get(peer) === socket) carriers.delete(peer);
		});
	}

	function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		socket.on("error", () => socket.destroy());
		const address = addressOf(request.socket);
		const admission = rate.take(address, performance.now());
		const problem = admission === "admitted" ? whyNot(request, address) : tooFast(settings);
		if (problem !== undefined) {
			const [status = ""] = problem.status.split(" ");
			settings.turnedAway({ address, status, reason: problem.reason, isNews: admission !== "refused" });
			turnAway(socket, problem);
			return;
		}
		const network = networkOf(address);
		const carrier = carriers.get(peerOf(request.socket)) ?? request.socket;
		perAddress.set(network, (perAddress.get(network) ?? 0) + 1);
		socket.once("close", () => {
			const count = (perAddress.get(network) ?? 1) - 1;
			if (count > 0) perAddress.set(network, count);
			else perAddress.delete(network);
			live.delete(carrier);
			traffic.up += carrier.bytesRead;
			traffic.down += carrier.bytesWritten;
		});
		live.add(carrier);
		sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request));
	}

	function whyNot(request: IncomingMessage, address: string): Problem | undefined {
		const { origin } = request.headers;
		if (request.url?.replace(/\?.*$/s, "") !== "/") {
			return { status: "404 Not Found", reason: "clients connect at the path /" };
		}
		if (origin !== undefined && !settings.allowedOrigins.includes(origin)) {
			return { status: "403 Forbidden", reason: "this origin may not connect" };
		}
		if (open.size >= settings.maxConnections) {
			return { status: "503 Service Unavailable", reason: "too many connections" };
		}
		if ((perAddress.get(networkOf(address)) ?? 0) >= settings.maxConnectionsPerAddress) {
			return { status: "429 Too Many Requests", reason: "too many connections from this address" };
		}
		return undefined;
	}

	function serve(socket: WebSocket, request: IncomingMessage): void {
		const session = sessions.accept(webSocketConnection(socket), {
			certifiedClient: settings.certifiedClient(request),
		});
		open.set(session, socket);
		const greeting = setTimeout(() => {
			if (session.phase !== "greeting" && session.phase !== "checking") return;
			session.refuse(
				new ProtocolError("FL_SESSION_REFUSED", `no hello within ${settings.greetingSeconds} seconds`),
			);
			socket.terminate();
		}, 1000 * settings.greetingSeconds);
		const budget = new MessageBudget(performance.now());
		socket.on("message", (data, isBinary) => {
			if (session.phase === "closed") return;
			if (!isBinary || !(data instanceof Uint8Array)) {
				session.refuse(new ProtocolError("FL_PROTOCOL_FRAME", "a text message, expected binary frames"));
			} else {
				if (data.length < smallFrame) {
					throttle(socket, session, budget.take(performance.now(), session.numAsked));
				}
				session.receive(data);
			}
		});
		// ws closes the connection with the right code by itself; what it complains of is no news to anybody else.
		socket.on("error", (error) => session.refuse(new ProtocolError("FL_PROTOCOL_FRAME", error.message)));
		socket.on("close", (code) => {
			clearTimeout(greeting);
			open.delete(session);
			sessions.ended(session, code);
		});
	}

	const heart = setInterval(
		() => {
			const now = performance.now();
			for (const session of sessions.beat(now)) open.get(session)?.terminate();
			rate.forget(now);
		},
		Math.min(1000, (1000 * settings.heartbeatSeconds) / 10),
	);
	server.on("connection", carry);
	const onRefusedHandshake = (error: Error, socket: TLSSocket): void => {
		const address = addressOf(socket);
		const admission = rate.take(address, performance.now());
		const reason =
			admission === "admitted" ? `TLS: ${handshakeProblem(error, socket)}` : tooFast(settings).reason;
		settings.turnedAway({ address, status: "TLS", reason, isNews: admission !== "refused" });
	};
	server.on("upgrade", upgrade);
	server.on("tlsClientError", onRefusedHandshake);

	return {
		socketBytes() {
			const sum = { ...traffic };
			for (const { bytesRead, bytesWritten } of live) {
				sum.up += bytesRead;
				sum.down += bytesWritten;
			}
			return sum;
		},
		async close() {
			server.off("connection", carry);
			server.off("upgrade", upgrade);
			server.off("tlsClientError", onRefusedHandshake);
			clearInterval(heart);
			const ends = [...open.values()].map((socket) => once(socket, "close"));
			const cutOff = setTimeout(() => {
				for (const socket of open.values()) socket.terminate();
			}, closingMilliseconds);
			await Promise.allSettled(ends);
			clearTimeout(cutOff);
		},
	};
}

/** Why a request for a WebSocket is turned away. */
interface Problem {
	/** With its text. */
	readonly status: string;
	readonly reason: string;
	readonly headers?: string;
}

function tooFast({ connectionsPerMinute }: ListenerSettings): Problem {
	return {
		status: "429 Too Many Requests",
		reason: "too many new connections from this address",
		headers: `Retry-After: ${Math.ceil(60 / connectionsPerMinute)}\r\n`,
	};
}

function turnAway(socket: Duplex, { status, reason, headers = "" }: Problem): void {
	const body = `${reason}\n`;
	// A peer that never closes its side must not keep the connection.
	socket.once("finish", () => socket.destroy());
	socket.end(
		`HTTP/1.1 ${status}\r\nConnection: close\r\n${headers}Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
	);
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
	return `${remoteAddress} ${remotePort}`;
}

function addressOf({ remoteAddress = "unknown" }: Socket): string {
	return remoteAddress;
}

/** Why a client's certificate was refused, or why there is no encrypted connection otherwise: a code, no peer's text. */
function handshakeProblem(error: Error & { readonly code?: string }, socket: TLSSocket): string {
	// Declared as an Error, but it is a code.
	const refusal: unknown = socket.authorizationError;
	return typeof refusal === "string" ? refusal : (error.code ?? "no handshake");
}

/** Reads nothing more from a client for a while that has used up its budget. */
function throttle(socket: WebSocket, session: Session, milliseconds: number): void {
	if (milliseconds === 0) return;
	if (milliseconds === Number.POSITIVE_INFINITY) {
		session.refuse(new ProtocolError("FL_SESSION_FLOOD", "far more messages than a client needs"));
		// What is still on its way is not even read: the connection ends without the peer's close frame.
		socket.pause();
		return;
	}
	if (socket.isPaused) return;
	socket.pause();
	setTimeout(() => socket.resume(), milliseconds);
}
