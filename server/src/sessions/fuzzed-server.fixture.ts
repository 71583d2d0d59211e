import { createHash } from "node:crypto";
import { type AnyAlgorithm, type Service, vector } from "@fl-sim/core";
import { clientMessage, helloTranscript, ProtocolError, type ServerMessage } from "@fl-sim/protocol";
import {
	codesOfFaults,
	contentOf,
	controlKind,
	type FuzzConnection,
	FuzzFinding,
	type FuzzWorld,
	type Grammar,
	kindOf,
	type MessageSchema,
	type SentFrame,
	startClock,
} from "@fl-sim/testkit/fuzz";
import { z } from "zod";
import { HonestClient } from "./honest-client.fixture.ts";
import type { Session } from "./session.ts";
import { fedavg, goodAnswer, smallFederation } from "./small-federation.fixture.ts";

/** What clients are asked for: an update, an update with questions, an evaluation, an update with tokens. */
const variants = ["train", "converse", "evaluate", "token"] as const;

const body: Service = {
	name: "body",
	ask: () => ({ activations: vector }),
	answer: () => ({ gradient: vector }),
};
const { train } = fedavg.tasks;
const talkative: AnyAlgorithm = {
	...fedavg,
	tasks: { train: { ...(train as NonNullable<typeof train>), services: [body] } },
};
const grammar: Grammar = {
	schema: z.toJSONSchema(clientMessage) as MessageSchema,
	words: ["1.1.train", "2.1.train", "3.1.train", "body", "wasm", "n".repeat(32), "FL_CLIENT_FAILED", "x"],
};
const helloFrame = 8 * 1024;
const clientControlFrame = 32 * 1024;
const closeCodes = [1002, 1007, 1008, 1009];
/** Frames that an honest client needs at most for what it is asked. */
const patience = 60;
const attacker = 3;
const bystander = 4;

/** The sessions of a server, client 3 that attacks them, and client 4 that does its work beside it. */
export class FuzzedServer implements FuzzWorld {
	readonly grammar = grammar;
	readonly limits = [helloFrame, clientControlFrame, 24 + 1024 * 1024];
	readonly federation: ReturnType<typeof smallFederation>;
	readonly #variant: (typeof variants)[number];
	#round = 0;
	#attackerIsBusy = false;
	/** Ends of what client 3 was asked for. */
	#settled = 0;
	#bystander: Connection | undefined;

	constructor(number: number) {
		this.#variant = variants[number % variants.length] as (typeof variants)[number];
		this.federation = smallFederation({
			algorithm: this.#variant === "converse" ? talkative : fedavg,
			authentication: this.#variant === "token" ? "token" : "none",
			checkToken: async ({ transcript, proof }) => {
				await turn();
				await turn();
				return proof === proofOf(transcript);
			},
		});
	}

	get hasTokens(): boolean {
		return this.#variant === "token";
	}

	connect(): Promise<FuzzConnection> {
		return Promise.resolve(this.#connect(attacker));
	}

	/** Client 4 does something, and client 3 comes back and does what it was asked for. */
	async serveHonestly(): Promise<void> {
		this.#bystander ??= this.#connect(bystander);
		await this.#play(this.#bystander, () => this.federation.sessions.isPresent(bystander));
		let reply: unknown;
		void this.federation.train(bystander, ++this.#round, answerQuestion).then((came) => {
			reply = came;
		});
		await this.#play(this.#bystander, () => reply !== undefined);
		const { payload } = reply as { readonly payload?: Uint8Array };
		if (payload === undefined || !goodAnswer.every((byte, i) => byte === payload[i])) {
			throw new FuzzFinding(`another client's answer did not count: ${JSON.stringify(reply)}`);
		}
		await this.#comeBack();
	}

	/** What came of an answer before may be damaged: then the first connection ends, and the next one begins anew. */
	async #comeBack(): Promise<void> {
		const settled = this.#settled;
		for (let connections = 0; this.#settled === settled; connections++) {
			if (connections === 2) throw new FuzzFinding("the attacker may not come back and do its work");
			const again = this.#connect(attacker);
			await this.#play(again, () => this.#settled > settled || !again.isOpen);
			await again.end();
		}
	}

	async close(): Promise<void> {
		const { sessions } = this.federation;
		// As the end of a run does: what nobody answered would wait for its deadline.
		const detail = "the run ends";
		for (const mailbox of sessions.mailboxes()) {
			mailbox.withdraw(detail, { kind: "lost", status: "lost", reason: "disconnected", detail });
		}
		sessions.close();
		await turn();
	}

	/** Gives client 3 something to do. */
	giveWork(): void {
		if (this.#attackerIsBusy || !this.federation.sessions.isPresent(attacker)) return;
		this.#attackerIsBusy = true;
		const done = (): void => {
			this.#attackerIsBusy = false;
			this.#settled += 1;
		};
		const round = ++this.#round;
		if (this.#variant !== "evaluate") {
			void this.federation.train(attacker, round, answerQuestion).then(done);
			return;
		}
		const job = { kind: "client", client: attacker, round } as const;
		void this.federation.remote.evaluator
			.evaluate(new Float32Array(6), [job], new AbortController().signal)
			.then(done);
	}

	#connect(client: number): Connection {
		return new Connection(this, client, this.#variant === "converse" ? 2 : 0);
	}

	async #play(connection: Connection, isDone: () => boolean): Promise<void> {
		for (let step = 0; !isDone(); step++) {
			if (!connection.isOpen) throw new FuzzFinding("another client lost its connection");
			if (step === patience) throw new FuzzFinding("an honest client is not served");
			await connection.sendHonestly();
		}
	}
}

class Connection implements FuzzConnection {
	readonly session: Session;
	readonly #world: FuzzedServer;
	readonly #honest: HonestClient;
	#error: { readonly code: string } | undefined;
	#spokeAfterEnd = false;
	#closed: { readonly code: number; readonly reason: string } | undefined;

	constructor(world: FuzzedServer, client: number, questions: number) {
		this.#world = world;
		this.#honest = new HonestClient({
			client,
			questions,
			prove: (serverNonce) => proofOf(helloTranscript({ serverNonce, clientNonce: "n".repeat(32), client })),
		});
		const isOpen = (): boolean => this.isOpen;
		this.session = world.federation.sessions.accept(
			{
				get isOpen() {
					return isOpen();
				},
				send: (bytes) => {
					this.#hear(bytes);
					return Promise.resolve();
				},
				close: (code, reason) => {
					this.#closed ??= { code, reason };
				},
			},
			// Without a token, whoever has no certificate can take the place of any client.
			{ certifiedClient: world.hasTokens ? undefined : client },
		);
	}

	get isOpen(): boolean {
		return this.#closed === undefined;
	}

	honest(): Uint8Array {
		return this.#honest.next(this.session.phase);
	}

	async send(frame: Uint8Array): Promise<SentFrame> {
		const { phase } = this.session;
		const { refusals } = this.#world.federation;
		refusals.length = 0;
		const stop = startClock();
		this.session.receive(frame);
		await turn();
		const took = stop();
		this.#world.giveWork();
		this.#judge(frame, phase);
		return { took, error: this.#error?.code, closeCode: this.#closed?.code };
	}

	async sendHonestly(): Promise<void> {
		this.#world.federation.refusals.length = 0;
		this.session.receive(this.honest());
		await turn();
		// Nobody speaks while the token is looked at.
		while (this.session.phase === "checking") await turn();
		this.#world.giveWork();
		this.#judgeEnd();
	}

	async end(): Promise<void> {
		const hasClosed = this.#closed !== undefined;
		this.#closed ??= { code: 1006, reason: "" };
		this.#world.federation.sessions.ended(this.session, this.#closed.code);
		await turn();
		if (this.#spokeAfterEnd && hasClosed) {
			throw new FuzzFinding("the server spoke on a connection that it had closed");
		}
	}

	#hear(bytes: Uint8Array): void {
		if (!this.isOpen) this.#spokeAfterEnd = true;
		if (kindOf(bytes) !== controlKind) return;
		const message = JSON.parse(Buffer.from(contentOf(bytes)).toString("utf8")) as ServerMessage;
		this.#honest.hear(message);
		if (message.type === "error") this.#error = message;
	}

	#judge(frame: Uint8Array, phase: Session["phase"]): void {
		const isReady = phase === "ready";
		const faults = codesOfFaults(frame, {
			longest: isReady ? Number.POSITIVE_INFINITY : helloFrame,
			longestControl: isReady ? clientControlFrame : helloFrame,
			accepts: (message) => clientMessage.safeParse(message).success,
		});
		if (faults !== undefined) {
			// Before anything else of a hello, its version is looked at.
			const allowed = phase === "greeting" ? [...faults, 1002] : faults;
			if (this.#closed === undefined) {
				throw new FuzzFinding(`a frame with faults (${allowed.join(", ")}) was taken`);
			}
			if (!allowed.includes(this.#closed.code)) {
				const { code } = this.#closed;
				throw new FuzzFinding(`a frame with faults (${allowed.join(", ")}) was closed with ${code}`);
			}
		}
		this.#judgeEnd();
	}

	/** An end has the right code, and the client and the log are told why. */
	#judgeEnd(): void {
		const { refusals } = this.#world.federation;
		const closed = this.#closed;
		if (closed === undefined) {
			if (refusals.length > 0) throw new FuzzFinding("a session was refused and not closed");
			return;
		}
		if (this.session.phase !== "closed") throw new FuzzFinding("a session outlives its connection");
		if (closed.code === 1000 && refusals.length === 0) return; // it said goodbye
		if (!closeCodes.includes(closed.code)) throw new FuzzFinding(`closed with ${closed.code}`);
		const [refusal] = refusals;
		if (!(refusal instanceof ProtocolError) || refusals.length > 1 || refusal.closeCode !== closed.code) {
			throw new FuzzFinding(`closed with ${closed.code} for ${String(refusal)}`);
		}
		if (this.#error?.code !== refusal.code || closed.reason !== refusal.code) {
			throw new FuzzFinding(`the client was told ${this.#error?.code}, the log ${refusal.code}`);
		}
	}
}

function answerQuestion(_: string, ask: Uint8Array): Promise<Uint8Array> {
	return Promise.resolve(ask.map((byte) => byte + 1));
}

/** Stands for the proof that a client holds its token. */
function proofOf(transcript: Uint8Array): string {
	return createHash("sha256").update(transcript).digest("base64url");
}

function turn(): Promise<void> {
	return new Promise((resolve) => void setImmediate(resolve));
}
