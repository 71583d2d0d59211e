import { FlSimError, messageOf } from "@fl-sim/core";
import {
	type ClientMessage,
	type Connection,
	clientMessage,
	decodeFrame,
	helloTranscript,
	limits,
	type MessageOf,
	OutgoingPayload,
	ProtocolError,
	parseMessage,
	patienceInHeartbeats,
	peekVersion,
	protocolVersion,
	type ServerMessage,
	sendMessage,
} from "@fl-sim/protocol";
import type { Carrier, Mailbox } from "./mailbox.ts";
import type { OpenRun, RunEnd, SessionHost, SessionOrigin } from "./session-host.ts";
import { Transfers } from "./transfers.ts";
import type { Work } from "./work.ts";

/** What a client is told of an error of the server: which file could not be read is none of its business. */
const serverFailed = new FlSimError("FL_SESSION_LOST", "the server failed; its log tells more");

type Phase = "greeting" | "checking" | "loading" | "ready" | "closed";

/** One connection of a client, from the challenge to its end. What outlives it is in the mailbox. */
export class Session implements Carrier {
	readonly #connection: Connection;
	readonly #host: SessionHost;
	readonly #origin: SessionOrigin;
	readonly #nonce: string;
	#phase: Phase = "greeting";
	#client: number | undefined;
	/** Whether it has been shown that this is the client. */
	#isKnown = false;
	#hasSaidGoodbye = false;
	#hasLeft = false;
	#mailbox: Mailbox | undefined;
	#run: OpenRun | undefined;
	#transfers: Transfers | undefined;
	#numAsked = 0;
	#lastHeard = performance.now();
	#lastSaid = performance.now();

	constructor(connection: Connection, host: SessionHost, origin: SessionOrigin) {
		this.#connection = connection;
		this.#host = host;
		this.#origin = origin;
		this.#nonce = host.freshNonce();
		const { software, authentication } = host;
		this.#say({ type: "challenge", protocol: protocolVersion, software, nonce: this.#nonce, authentication });
	}

	get phase(): Phase {
		return this.#phase;
	}

	get client(): number | undefined {
		return this.#client;
	}

	/** Whether the client was told that the run is over; it has heard it once it closes the connection. */
	get hasSaidGoodbye(): boolean {
		return this.#isKnown && this.#hasSaidGoodbye;
	}

	/** Whether the client, which had been ready, said that it leaves, or was sent away. */
	get hasLeft(): boolean {
		return this.#mailbox !== undefined && this.#hasLeft;
	}

	/** How often the client was asked for something, or given an answer that it goes on with. */
	get numAsked(): number {
		return this.#numAsked;
	}

	/** A frame has come. A peer that breaks the protocol is told why and loses its connection. */
	receive(bytes: Uint8Array): void {
		if (this.#phase === "closed") return;
		this.#lastHeard = performance.now();
		try {
			this.#receive(bytes);
		} catch (error) {
			this.refuse(error);
		}
	}

	/** To be called often: sends a sign of life when due; false when the client gave none for too long. */
	beat(now: number): boolean {
		const interval = 1000 * (this.#run?.heartbeatSeconds ?? 20);
		// Looked at ten times in an interval: silence is noticed before it has lasted longer than it may.
		if (now - this.#lastHeard > (patienceInHeartbeats - 0.1) * interval) return false;
		if (this.#phase === "ready" || this.#phase === "loading") {
			if (now - this.#lastSaid >= interval) this.#say({ type: "heartbeat" });
		}
		return true;
	}

	/** The connection has ended. */
	ended(): void {
		if (this.#phase === "closed") return;
		this.#phase = "closed";
		this.#transfers?.stop();
		if (this.#mailbox !== undefined) this.#host.leave(this.#mailbox, this);
	}

	/** Ends the session for what the client did; the error is told to it. One of the server is for its log alone. */
	refuse(error: unknown): void {
		if (this.#phase === "closed") return;
		const known =
			error instanceof FlSimError
				? error
				: new FlSimError("FL_SESSION_LOST", messageOf(error), { cause: error });
		this.#host.refused(known, this.#client);
		const told = known instanceof ProtocolError ? known : serverFailed;
		this.#hasLeft = told instanceof ProtocolError && told.closeCode === 1008;
		this.#say({ type: "error", code: told.code, message: told.message.slice(0, 1000) });
		this.#connection.close(told instanceof ProtocolError ? told.closeCode : 1011, told.code);
		this.ended();
	}

	/** Tells a client that is ready that nothing comes after what is under way. */
	ending(): void {
		if (this.#phase === "ready") this.#say({ type: "ending" });
	}

	/** Ends the session because the run is over. */
	goodbye(reason: RunEnd): void {
		if (this.#phase === "closed") return;
		this.#hasSaidGoodbye = true;
		this.#say({ type: "goodbye", reason });
		this.#connection.close(1000, reason);
		this.ended();
	}

	/** Ends the session; the client may come back. */
	close(): void {
		if (this.#phase === "closed") return;
		this.#connection.close(1012, "closing");
		this.ended();
	}

	offer(work: Work): void {
		const transfers = this.#transfers;
		if (transfers === undefined) return; // not ready yet: it is offered again then
		this.#numAsked += 1;
		this.#say({ ...work.order, payload: transfers.announce(work.payload) });
	}

	withdraw(id: string, reason: string): void {
		this.#transfers?.stop();
		this.#say({ type: "withdraw", id, reason });
	}

	receipt(receipt: Omit<MessageOf<ServerMessage, "receipt">, "type">): void {
		this.#say({ type: "receipt", ...receipt });
	}

	#say(message: ServerMessage): void {
		this.#lastSaid = performance.now();
		void sendMessage(this.#connection, message, this.#host.checksum);
	}

	#receive(bytes: Uint8Array): void {
		const isReady = this.#phase === "ready";
		if (!isReady && bytes.length > limits.helloFrame) {
			throw new ProtocolError(
				"FL_PROTOCOL_SIZE",
				`a frame of ${bytes.length} bytes before the session is ready`,
			);
		}
		const longest = isReady ? limits.clientControlFrame : limits.helloFrame;
		const frame = decodeFrame(bytes, this.#host.checksum, longest);
		if (frame.kind === "control") this.#receiveMessage(frame.text);
		else if (this.#transfers !== undefined) this.#transfers.receive(frame);
		else throw new ProtocolError("FL_PROTOCOL_ORDER", "a chunk before the session is ready");
	}

	#receiveMessage(text: string): void {
		if (this.#phase === "greeting") this.#checkVersion(text);
		const message = parseMessage(text, clientMessage);
		const allowed = {
			greeting: ["hello"],
			checking: [],
			loading: ["ready", "heartbeat", "error", "goodbye"],
			ready: ["result", "call", "failed", "evaluation", "fetch", "heartbeat", "error", "goodbye"],
			closed: [],
		} as const satisfies Record<Phase, readonly ClientMessage["type"][]>;
		const types: readonly string[] = allowed[this.#phase];
		if (!types.includes(message.type)) {
			throw new ProtocolError(
				"FL_PROTOCOL_ORDER",
				`${message.type} out of turn: the session is ${this.#phase}`,
			);
		}
		this.#obey(message);
	}

	#checkVersion(text: string): void {
		const { type, protocol } = peekVersion(text);
		if (type !== "hello" || protocol === protocolVersion) return;
		throw new ProtocolError(
			"FL_PROTOCOL_VERSION",
			`the server speaks version ${protocolVersion} of the protocol, the client ${typeof protocol === "number" ? `version ${protocol}` : "none that is a number"}`,
		);
	}

	#obey(message: ClientMessage): void {
		switch (message.type) {
			case "hello":
				void this.#greet(message);
				return;
			case "ready":
				this.#enter(message);
				return;
			case "result":
				this.#fetchResult(message);
				return;
			case "failed":
				this.#mailbox?.fail(message.task, `${message.code}: ${message.message}`);
				return;
			case "evaluation":
				this.#mailbox?.evaluated(message);
				return;
			case "fetch":
				this.#transfers?.send(message.payload, message.offset);
				return;
			case "heartbeat":
				return;
			case "call":
				this.#answerCall(message);
				return;
			case "error":
			case "goodbye":
				this.#hasLeft = message.type === "goodbye";
				this.#connection.close(1000, "goodbye");
				this.ended();
		}
	}

	/** Checks who the client is; the rest of the hello counts only then. */
	async #greet(hello: MessageOf<ClientMessage, "hello">): Promise<void> {
		this.#phase = "checking";
		try {
			await this.#authenticate(hello);
			this.#isKnown = true;
			if (this.phase === "closed") return;
			this.#welcome(hello);
		} catch (error) {
			this.refuse(error);
		}
	}

	async #authenticate({ client, proof, nonce }: MessageOf<ClientMessage, "hello">): Promise<void> {
		const { population, authentication } = this.#host;
		this.#client = client;
		if (client >= population) {
			throw refusal(`there is no client ${client}: the scenario has ${population}, numbered from 0`);
		}
		const { certifiedClient } = this.#origin;
		if (certifiedClient !== undefined && certifiedClient !== client) {
			const owner = certifiedClient < 0 ? "no client" : `client ${certifiedClient}`;
			throw refusal(`the certificate is made out to ${owner}, not to client ${client}`);
		}
		if (authentication === "none") return;
		const transcript = helloTranscript({ serverNonce: this.#nonce, clientNonce: nonce, client });
		if (proof === undefined || !(await this.#host.checkToken({ client, transcript, proof }))) {
			throw refusal(`the token of client ${client} is missing, unknown or revoked`);
		}
	}

	#welcome({ client, backends }: MessageOf<ClientMessage, "hello">): void {
		const over = this.#host.over();
		if (over !== undefined) return this.goodbye(over);
		const run = this.#host.run();
		if (run === undefined) {
			this.#connection.close(1013, "not ready yet");
			this.ended();
			return;
		}
		if (!backends.includes(run.backend)) {
			throw refusal(
				`the run computes on the backend ${run.backend}, client ${client} has ${backends.join(", ")}`,
			);
		}
		this.#run = run;
		this.#phase = "loading";
		const { id, scenario, backend, data, heartbeatSeconds, graceSeconds, chunkBytes } = run;
		this.#say({
			type: "welcome",
			client,
			run: id,
			scenario,
			backend,
			data,
			heartbeatSeconds,
			graceSeconds,
			chunkBytes,
		});
	}

	#enter({ parameters, trainExamples, testExamples }: MessageOf<ClientMessage, "ready">): void {
		const client = this.#client as number;
		const run = this.#run as OpenRun;
		if (parameters !== run.parameters) {
			throw refusal(`the model of client ${client} has ${parameters} parameters, expected ${run.parameters}`);
		}
		if (run.maxExamples !== undefined && trainExamples > run.maxExamples) {
			throw refusal(`client ${client} says it has ${trainExamples} examples, more than ${run.maxExamples}`);
		}
		const mailbox = this.#host.enter(client, this);
		this.#phase = "ready";
		this.#transfers = new Transfers({
			connection: this.#connection,
			checksum: this.#host.checksum,
			chunkBytes: run.chunkBytes,
			say: (message) => this.#say(message),
			sent: () => {
				this.#lastSaid = performance.now();
			},
		});
		this.#mailbox = mailbox;
		mailbox.trainExamples = trainExamples;
		mailbox.testExamples = testExamples;
		if (this.#host.isEnding()) this.ending();
		mailbox.attach(this);
	}

	#fetchResult(message: MessageOf<ClientMessage, "result">): void {
		this.#transfers?.hearOf(message.payload);
		const into = this.#mailbox?.announce(message);
		if (into === undefined) return;
		this.#transfers?.fetch(message.payload.id, into, () => this.#mailbox?.deliver(message.task));
	}

	#answerCall(message: MessageOf<ClientMessage, "call">): void {
		this.#transfers?.hearOf(message.payload);
		const known = this.#mailbox?.question(message);
		if (known === undefined) return;
		if (known instanceof Promise) return this.#sendAnswer(message, known);
		this.#transfers?.fetch(message.payload.id, known, () =>
			this.#sendAnswer(message, this.#mailbox?.ask(message, known)),
		);
	}

	#sendAnswer(
		{ task, call }: MessageOf<ClientMessage, "call">,
		answer: Promise<Uint8Array> | undefined,
	): void {
		// The mailbox tells what went wrong with an answer.
		answer?.then(
			(bytes) => {
				const isAwaited = this.#phase === "ready" && this.#mailbox?.workOf(task) !== undefined;
				if (!isAwaited || this.#transfers === undefined) return;
				this.#numAsked += 1;
				const payload = this.#transfers.announce(new OutgoingPayload(bytes, this.#host.checksum));
				this.#say({ type: "answer", task, call, payload });
			},
			() => undefined,
		);
	}
}

function refusal(message: string): ProtocolError {
	return new ProtocolError("FL_SESSION_REFUSED", message);
}
