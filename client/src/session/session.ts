import { FlSimError, messageOf, visibleText } from "@fl-sim/core";
import {
	type Checksum,
	type ClientMessage,
	decodeFrame,
	helloTranscript,
	type MessageOf,
	OutgoingPayload,
	PayloadSender,
	ProtocolError,
	parseMessage,
	peekVersion,
	protocolVersion,
	proveToken,
	type ServerMessage,
	sendMessage,
	serverMessage,
	toBase64url,
} from "@fl-sim/protocol";
import { Liveness } from "./liveness.ts";
import type { Channel, Closing, ComputePlace, SessionLog, Timer } from "./ports.ts";
import { fatalClosing, type ServerError } from "./session-end.ts";
import type { TaskDesk } from "./task-desk.ts";
import type { Line } from "./work.ts";

type Welcome = MessageOf<ServerMessage, "welcome">;
type Challenge = MessageOf<ServerMessage, "challenge">;

/** How a connection came to its end, when trying again may help or the run is over. */
export type SessionEnd =
	| { readonly kind: "over"; readonly reason: MessageOf<ServerMessage, "goodbye">["reason"] }
	| { readonly kind: "left" }
	| {
			readonly kind: "lost";
			readonly why: string;
			/** The server said itself that it will be back. */
			readonly willBeBack?: boolean;
	  };

/** What a client does its work with in one run. */
export interface Workplace {
	readonly place: ComputePlace;
	readonly desk: TaskDesk;
}

export interface SessionSettings {
	readonly client: number;
	/** That shows the server who this is, where it asks for one. */
	readonly token: string | undefined;
	/** Name and version of this program. */
	readonly software: string;
	/** What could compute models here, best first. */
	readonly backends: readonly string[];
	readonly timer: Timer;
	readonly checksum: Checksum;
	readonly log: SessionLog;
	/** Opens what the welcome asks for, unless it is open already. */
	workplaceFor(welcome: Welcome): Promise<Workplace>;
	/** Told that nothing comes after what is under way, and that an answer of this client was counted. */
	heard(news: "ending" | "counted"): void;
}

/** Milliseconds that the server has for its welcome. */
const welcomePatience = 20_000;
/** Milliseconds between an error message of the server and the end of the connection that it announces. */
const errorPatience = 2_000;
const nonceLength = 24;
/** Close code of a server that stops or restarts (registry of IANA). */
const serviceRestart = 1012;

/**
 * One connection from its first frame to its end.
 *
 * @throws FlSimError when connecting again cannot help: FL_SESSION_REFUSED, FL_PROTOCOL_VERSION, what opening fails with.
 */
export function runSession(
	channel: Channel,
	settings: SessionSettings,
	leave: AbortSignal,
): Promise<SessionEnd> {
	return new Session(channel, settings).run(leave);
}

class Session {
	readonly #channel: Channel;
	readonly #settings: SessionSettings;
	readonly #liveness: Liveness;
	readonly #sender: PayloadSender;
	readonly #line: Line;
	readonly #end = Promise.withResolvers<SessionEnd>();
	#phase: "challenge" | "welcome" | "opening" | "ready" | "over" = "challenge";
	#desk: TaskDesk | undefined;
	#chunkBytes = 0;
	#error: ServerError | undefined;
	#forgetError: () => void = () => undefined;

	constructor(channel: Channel, settings: SessionSettings) {
		this.#channel = channel;
		this.#settings = settings;
		this.#liveness = new Liveness(
			settings.timer,
			{
				beat: () => this.#say({ type: "heartbeat" }),
				dead: (seconds) => this.#lose(`the server said nothing for ${seconds.toFixed(0)} s`),
			},
			welcomePatience,
		);
		const { checksum } = settings;
		this.#sender = new PayloadSender({ connection: channel, checksum, sent: () => this.#liveness.sent() });
		const isOpen = (): boolean => this.#phase !== "over";
		this.#line = {
			get isOpen() {
				return isOpen();
			},
			say: (message) => this.#say(message),
			offer: (task, bytes) =>
				this.#sender.announce(task, new OutgoingPayload(bytes, checksum, this.#chunkBytes)),
			retract: (task) => this.#sender.retract(task),
		};
	}

	async run(leave: AbortSignal): Promise<SessionEnd> {
		const onLeave = (): void => {
			this.#say({ type: "goodbye", reason: "the client was stopped" });
			this.#finish({ kind: "left" }, { code: 1000, reason: "the client was stopped" });
		};
		leave.addEventListener("abort", onLeave, { once: true });
		if (leave.aborted) onLeave();
		try {
			void this.#read();
			return await this.#end.promise;
		} finally {
			leave.removeEventListener("abort", onLeave);
			this.#liveness.stop();
		}
	}

	/** Never rejects. */
	async #read(): Promise<void> {
		try {
			for await (const bytes of this.#channel.frames) {
				if (this.#phase === "over") return;
				this.#liveness.heard();
				// After an error message comes the end, and nothing that counts.
				if (this.#error === undefined) await this.#receive(bytes);
			}
			this.#onClosed(await this.#channel.closed);
		} catch (error) {
			this.#fail(error);
		}
	}

	async #receive(bytes: Uint8Array): Promise<void> {
		const frame = decodeFrame(bytes, this.#settings.checksum);
		if (frame.kind === "control") return await this.#onMessage(this.#parse(frame.text));
		if (this.#desk === undefined) throw outOfTurn("a chunk came before any task");
		this.#desk.receive(frame, this.#line);
	}

	#parse(text: string): ServerMessage {
		if (this.#phase === "challenge") {
			const { type, protocol } = peekVersion(text);
			if (type === "challenge" && typeof protocol === "number" && protocol !== protocolVersion) {
				throw new ProtocolError(
					"FL_PROTOCOL_VERSION",
					`the server speaks version ${protocol} of the protocol, this client speaks version ${protocolVersion}`,
				);
			}
		}
		return parseMessage(text, serverMessage);
	}

	async #onMessage(message: ServerMessage): Promise<void> {
		switch (message.type) {
			case "challenge":
				this.#expect("challenge", message);
				return await this.#greet(message);
			case "welcome":
				this.#expect("welcome", message);
				return this.#open(message);
			case "task":
			case "evaluate":
				return await this.#readyDesk(message).ask(message, this.#line);
			case "withdraw":
				return this.#readyDesk(message).withdraw(message.id, this.#line);
			case "fetch":
				this.#readyDesk(message);
				return this.#sender.send(message.payload, message.offset, this.#chunkBytes);
			case "receipt":
				this.#readyDesk(message);
				return this.#onReceipt(message);
			case "answer":
				return this.#readyDesk(message).answered(message, this.#line);
			case "heartbeat":
				return;
			case "ending":
				this.#readyDesk(message);
				return this.#settings.heard("ending");
			case "error":
				this.#error = message;
				this.#forgetError = this.#settings.timer.after(errorPatience, () =>
					this.#onClosed({ code: 1006, reason: "" }),
				);
				return;
			case "goodbye":
				return this.#finish({ kind: "over", reason: message.reason }, { code: 1000, reason: "goodbye" });
		}
	}

	async #greet({ nonce: serverNonce, authentication }: Challenge): Promise<void> {
		const { client, token, software, backends } = this.#settings;
		const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(nonceLength)));
		const hello = { type: "hello", protocol: protocolVersion, software, client, nonce } as const;
		this.#phase = "welcome";
		if (authentication === "none") return this.#say({ ...hello, backends: [...backends] });
		if (token === undefined) {
			throw new FlSimError("FL_SESSION_REFUSED", "the server asks for a token, and this client has none", {
				fix: "Start the client with --token-file FILE, or with the token in FL_CLIENT_TOKEN.",
			});
		}
		const proof = await proveToken(token, helloTranscript({ serverNonce, clientNonce: nonce, client }));
		this.#say({ ...hello, proof, backends: [...backends] });
	}

	/** Opening takes its time; signs of life go on meanwhile. */
	#open(welcome: Welcome): void {
		if (welcome.client !== this.#settings.client) {
			throw outOfTurn(`client ${welcome.client} is welcome, this is client ${this.#settings.client}`);
		}
		this.#phase = "opening";
		this.#chunkBytes = welcome.chunkBytes;
		this.#liveness.agree(welcome.heartbeatSeconds);
		this.#settings.workplaceFor(welcome).then(
			({ place, desk }) => {
				if (this.#phase !== "opening") return;
				this.#phase = "ready";
				this.#desk = desk;
				const { backendVersion, parameters, trainExamples, testExamples } = place;
				this.#say({ type: "ready", backendVersion, parameters, trainExamples, testExamples });
			},
			(error: unknown) => this.#fail(error),
		);
	}

	#onReceipt({ task, status, reason }: MessageOf<ServerMessage, "receipt">): void {
		const { client, log } = this.#settings;
		this.#sender.retract(task);
		const facts = { client, task, status };
		if (status === "counted") this.#settings.heard("counted");
		if (status === "counted" || status === "duplicate") log.info(facts, `task ${task}: ${status}`);
		else log.warn(facts, `task ${task}: ${status}${reason === undefined ? "" : `, ${reason}`}`);
	}

	#expect(phase: "challenge" | "welcome", { type }: ServerMessage): void {
		if (this.#phase !== phase) throw outOfTurn(`the message ${type} came out of turn`);
	}

	#readyDesk({ type }: ServerMessage): TaskDesk {
		if (this.#desk === undefined) throw outOfTurn(`the message ${type} came before the client was ready`);
		return this.#desk;
	}

	#say(message: ClientMessage): void {
		if (this.#phase === "over") return;
		this.#liveness.sent();
		void sendMessage(this.#channel, message, this.#settings.checksum);
	}

	#onClosed(closing: Closing): void {
		const fatal = fatalClosing(closing, this.#error);
		if (fatal !== undefined) return this.#fail(fatal);
		const willBeBack = closing.code === serviceRestart;
		const said = this.#error?.message ?? closing.reason;
		const why = said === "" ? `the connection broke (close code ${closing.code})` : visibleText(said);
		this.#finish({ kind: "lost", why, willBeBack }, { code: 1001, reason: why });
	}

	/** An error here, not on the way: tells the server, and ends the session for now or for good. */
	#fail(error: unknown): void {
		if (this.#phase === "over") return;
		const own = error instanceof FlSimError ? error : undefined;
		const closeCode = error instanceof ProtocolError ? error.closeCode : 1011;
		if (this.#error === undefined) {
			const message = messageOf(error).slice(0, 2000);
			this.#say({ type: "error", code: own?.code ?? "FL_CLIENT_FAILED", message });
		}
		const closing = { code: closeCode, reason: own?.code ?? "FL_CLIENT_FAILED" };
		if (error instanceof ProtocolError && error.exitCode !== 2) {
			this.#finish({ kind: "lost", why: error.message }, closing);
		} else {
			this.#close(closing);
			this.#end.reject(error);
		}
	}

	#lose(why: string): void {
		this.#finish({ kind: "lost", why }, { code: 1001, reason: why });
	}

	#finish(end: SessionEnd, closing: Closing): void {
		if (this.#phase === "over") return;
		this.#close(closing);
		this.#end.resolve(end);
	}

	#close({ code, reason }: Closing): void {
		this.#phase = "over";
		this.#liveness.stop();
		this.#forgetError();
		this.#channel.close(code, reason);
	}
}

function outOfTurn(problem: string): ProtocolError {
	return new ProtocolError("FL_PROTOCOL_ORDER", problem);
}
