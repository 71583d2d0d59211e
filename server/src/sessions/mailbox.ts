import { messageOf } from "@fl-sim/core";
import {
	type ClientMessage,
	IncomingPayload,
	type MessageOf,
	ProtocolError,
	reportOfMessage,
	type ServerMessage,
	sumsOfMessage,
} from "@fl-sim/protocol";
import type { Outcome, ResultNotice, Work } from "./work.ts";

/** What a session does for the mailbox of its client. */
export interface Carrier {
	/** Tells the client of work, whose payload it then fetches. */
	offer(work: Work): void;
	withdraw(id: string, reason: string): void;
	receipt(receipt: Omit<MessageOf<ServerMessage, "receipt">, "type">): void;
}

/** Memory that is not cleared first: nobody sees a payload before all of it has been written. */
const memoryFor = (length: number): Uint8Array => new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);

/** Ends of earlier work that are remembered, to tell late answers from wrong ones. */
const rememberedEnds = 8;

/**
 * The server's side of one client, over all its connections: the work that it is asked for, what has come of the
 * answer, and the task after which its own state counts.
 */
export class Mailbox {
	readonly client: number;
	#carrier: Carrier | undefined;
	#work: Work | undefined;
	readonly #ends = new Map<string, "counted" | "late" | "rejected">();
	/** Training examples, as the client says. */
	trainExamples = 0;
	/** Test examples, as the client says. */
	testExamples = 0;
	/** The last counted task that left a state on the client. */
	stateAfter: string | null = null;

	constructor(client: number) {
		this.client = client;
	}

	get carrier(): Carrier | undefined {
		return this.#carrier;
	}

	/** A connection of this client is ready. */
	attach(carrier: Carrier): void {
		this.#carrier = carrier;
		if (this.#work !== undefined) carrier.offer(this.#work);
	}

	detach(carrier: Carrier): void {
		if (this.#carrier === carrier) this.#carrier = undefined;
	}

	/** Asks the client for something; what it was asked for before is withdrawn. */
	put(work: Work): void {
		this.withdraw("something else is asked for", {
			kind: "lost",
			status: "lost",
			reason: "surplus",
			detail: "",
		});
		this.#work = work;
		this.#carrier?.offer(work);
	}

	/** Waits for the work no longer. */
	withdraw(reason: string, outcome: Outcome): void {
		const work = this.#work;
		if (work === undefined) return;
		this.#carrier?.withdraw(work.order.id, reason);
		this.#end(work, "late", outcome);
	}

	/** Work of this number, if the client is asked for it. */
	workOf(id: string): Work | undefined {
		return this.#work?.order.id === id ? this.#work : undefined;
	}

	/**
	 * An answer is announced.
	 *
	 * @returns where it lands, to be fetched from `received` on; undefined when nobody waits for it.
	 * @throws FL_PROTOCOL_SIZE; FL_PROTOCOL_ORDER for a second answer: each takes memory.
	 */
	announce(message: MessageOf<ClientMessage, "result">): IncomingPayload | undefined {
		const work = this.workOf(message.task);
		if (work === undefined) {
			this.#carrier?.receipt(this.#receiptFor(message.task));
			return undefined;
		}
		const { payload, report, wallSeconds, keepsState } = message;
		if (payload.bytes > work.maxAnswerBytes) {
			const text = `the answer of client ${this.client} has ${payload.bytes} bytes, expected at most ${work.maxAnswerBytes}`;
			this.#reject(work, text);
			throw new ProtocolError("FL_PROTOCOL_SIZE", text);
		}
		if (work.upload?.isOf(payload) !== true) {
			if (work.upload !== undefined && work.uploadedBy === this.#carrier) {
				throw new ProtocolError("FL_PROTOCOL_ORDER", `two different answers to task ${message.task}`);
			}
			work.upload = new IncomingPayload(payload, memoryFor);
		}
		work.uploadedBy = this.#carrier;
		work.notice = {
			report: reportOfMessage(report),
			wallSeconds,
			keepsState,
		};
		return work.upload;
	}

	/** The whole answer is there. */
	deliver(id: string): void {
		const work = this.workOf(id);
		if (work?.upload === undefined || work.notice === undefined) return;
		const { notice, upload } = work;
		let payload: Uint8Array;
		try {
			payload = upload.finish();
		} catch (error) {
			delete work.upload; // what came of it is worth nothing
			throw error;
		}
		const problem = work.check(payload, notice);
		if (problem === undefined) this.#count(work, payload, notice);
		else this.#reject(work, problem);
	}

	/**
	 * A question is announced.
	 *
	 * @returns the answer, if it was given before; where the question lands otherwise; undefined when nobody waits for it.
	 * @throws FL_PROTOCOL_SIZE; FL_PROTOCOL_ORDER for another question before the first was asked.
	 */
	question(message: MessageOf<ClientMessage, "call">): Promise<Uint8Array> | IncomingPayload | undefined {
		const work = this.workOf(message.task);
		if (work?.serve === undefined) return undefined;
		const { call, payload } = message;
		const last = work.lastCall;
		if (last?.call === call && last.ask.bytes === payload.bytes && last.ask.crc32 === payload.crc32) {
			return last.answer;
		}
		if (call !== (last?.call ?? 0) + 1) {
			// A conversation cannot begin again: the other half of it has moved on.
			const detail = `question ${call} after question ${last?.call ?? 0}`;
			this.withdraw(detail, { kind: "lost", status: "lost", reason: "failed", detail });
			return undefined;
		}
		const maxBytes = work.maxAskBytes ?? 0;
		if (payload.bytes > maxBytes) {
			throw new ProtocolError(
				"FL_PROTOCOL_SIZE",
				`a question of ${payload.bytes} bytes, expected at most ${maxBytes}`,
			);
		}
		if (work.question?.isOf(payload) !== true) {
			if (work.question !== undefined && work.askedBy === this.#carrier) {
				throw new ProtocolError(
					"FL_PROTOCOL_ORDER",
					`question ${call} of task ${message.task} is announced twice`,
				);
			}
			work.question = new IncomingPayload(payload, memoryFor);
		}
		work.askedBy = this.#carrier;
		return work.question;
	}

	/** The whole question is there. */
	ask(
		{ task, call, service }: MessageOf<ClientMessage, "call">,
		ask: IncomingPayload,
	): Promise<Uint8Array> | undefined {
		const work = this.workOf(task);
		if (work?.serve === undefined) return undefined;
		delete work.question;
		const answer = work.serve(service, ask.finish());
		answer.catch((error: unknown) => {
			const detail = messageOf(error);
			this.withdraw(detail, { kind: "lost", status: "lost", reason: "failed", detail });
		});
		work.lastCall = { call, ask: ask.identity, answer };
		return answer;
	}

	/** The client could not do it. */
	fail(id: string, detail: string): void {
		const work = this.workOf(id);
		if (work === undefined) return;
		this.#end(work, "late", { kind: "lost", status: "lost", reason: "failed", detail });
	}

	/** The answer to an evaluation. */
	evaluated(message: MessageOf<ClientMessage, "evaluation">): void {
		const work = this.workOf(message.id);
		if (work === undefined) return;
		if (work.order.type !== "evaluate")
			return this.#reject(work, "a task is answered as if it were an evaluation");
		const sums = sumsOfMessage(message);
		const { numCorrect, numExamples } = sums;
		if (numExamples > this.testExamples || numCorrect > numExamples) {
			const found = `${numCorrect} of ${numExamples} test examples are right`;
			return this.#reject(work, `${found}, but the client has ${this.testExamples}`);
		}
		this.#end(work, "counted", { kind: "evaluation", sums });
	}

	#count(work: Work, payload: Uint8Array, { keepsState, ...rest }: ResultNotice): void {
		if (keepsState) this.stateAfter = work.order.id;
		this.#end(work, "counted", { kind: "reply", reply: { status: "replied", payload, ...rest } });
		this.#carrier?.receipt({ task: work.order.id, status: "counted" });
	}

	#reject(work: Work, detail: string): void {
		this.#end(work, "rejected", { kind: "lost", status: "lost", reason: "rejected", detail });
		this.#carrier?.receipt({ task: work.order.id, status: "rejected", reason: detail.slice(0, 500) });
	}

	#end(work: Work, end: "counted" | "late" | "rejected", outcome: Outcome): void {
		this.#work = undefined;
		this.#ends.set(work.order.id, end);
		const [oldest] = this.#ends.keys();
		if (this.#ends.size > rememberedEnds && oldest !== undefined) this.#ends.delete(oldest);
		work.settle(outcome);
	}

	#receiptFor(task: string) {
		const end = this.#ends.get(task);
		if (end === "counted") return { task, status: "duplicate" } as const;
		if (end === undefined) {
			return { task, status: "rejected", reason: "nobody asked for it" } as const;
		}
		return { task, status: end } as const;
	}
}
