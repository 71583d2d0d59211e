import {
	type Chunk,
	IncomingPayload,
	type MessageOf,
	ProtocolError,
	type ServerMessage,
} from "@fl-sim/protocol";
import type { Line } from "./work.ts";

interface Question {
	/** Number of the question in its task, from 1. */
	readonly call: number;
	readonly service: string;
	readonly ask: Uint8Array;
	resolve(answer: Uint8Array): void;
	reject(error: unknown): void;
	/** The answer, as far as it has come, over any number of connections. */
	incoming?: IncomingPayload;
	/** Where the answer was announced last, and its number there. */
	announced?: { readonly line: Line; readonly payload: number };
}

/** What one task asks the server and is told: one question at a time. */
export class Conversation {
	readonly #task: string;
	readonly #allocate: (byteLength: number) => Uint8Array;
	#question: Question | undefined;
	#numQuestions = 0;

	/** @param allocate memory for an answer */
	constructor(task: string, allocate: (byteLength: number) => Uint8Array) {
		this.#task = task;
		this.#allocate = allocate;
	}

	/** Asks on a line; the answer may come on another. Rejects when `signal` aborts. */
	ask(
		question: Pick<Question, "service" | "ask">,
		{ line, signal }: { readonly line: Line; readonly signal: AbortSignal },
	): Promise<Uint8Array> {
		return new Promise((resolve, reject) => {
			signal.throwIfAborted();
			const onAbort = (): void => reject(signal.reason);
			signal.addEventListener("abort", onAbort, { once: true });
			this.#numQuestions += 1;
			this.#question = {
				...question,
				call: this.#numQuestions,
				reject,
				resolve(answer) {
					signal.removeEventListener("abort", onAbort);
					resolve(answer);
				},
			};
			this.askedOn(line);
		});
	}

	/** Asks again, on the line that the server sees now, what is still open. */
	askedOn(line: Line): void {
		const question = this.#question;
		if (question === undefined) return;
		const { call, service, ask } = question;
		const payload = line.offer(this.#task, ask);
		line.say({ type: "call", task: this.#task, call, service, payload });
	}

	/** The server announces an answer. @throws FL_PROTOCOL_ORDER */
	answered({ call, payload }: MessageOf<ServerMessage, "answer">, line: Line): void {
		const question = this.#question;
		if (question?.call !== call) {
			throw new ProtocolError(
				"FL_PROTOCOL_ORDER",
				`call ${call} of task ${this.#task} is answered, which was not made`,
			);
		}
		if (question.incoming?.isOf(payload) !== true) {
			try {
				question.incoming = new IncomingPayload(payload, this.#allocate);
			} catch (error) {
				// It is the task that fails of it, as of a payload of its own that is too large.
				this.#question = undefined;
				return question.reject(error);
			}
		}
		question.announced = { line, payload: payload.id };
		line.say({ type: "fetch", payload: payload.id, offset: question.incoming.received });
		this.#deliverIfComplete(question);
	}

	isFetchedAs(payload: number, line: Line): boolean {
		const announced = this.#question?.announced;
		return announced?.line === line && announced.payload === payload;
	}

	/** @throws FL_PROTOCOL_ORDER, FL_PROTOCOL_SIZE, FL_PROTOCOL_FRAME */
	receive(chunk: Required<Chunk>): void {
		const question = this.#question;
		question?.incoming?.add(chunk);
		if (question !== undefined) this.#deliverIfComplete(question);
	}

	#deliverIfComplete(question: Question): void {
		if (question.incoming?.isComplete !== true) return;
		const { incoming } = question;
		delete question.incoming; // what is damaged is fetched anew
		const answer = incoming.finish();
		this.#question = undefined;
		question.resolve(answer);
	}
}
