import { FlSimError, messageOf, vector } from "@fl-sim/core";
import {
	type Chunk,
	type ClientMessage,
	type MessageOf,
	ProtocolError,
	reportToMessage,
	type ServerMessage,
	sumsToMessage,
} from "@fl-sim/protocol";
import { decodePayload } from "@fl-sim/wire";
import type { ClientStore, ComputePlace, SessionLog, StoredResult } from "./ports.ts";
import { failedMessage, type Line, Work, type WorkMessage } from "./work.ts";

/** More than any server asks of one client at a time. */
const mostWorks = 16;

export interface DeskSettings {
	readonly client: number;
	readonly place: ComputePlace;
	readonly store: ClientStore;
	readonly log: SessionLog;
}

/**
 * Where the tasks and evaluations of one client in one run lie until they are done. It outlives connections: what
 * arrived stays, and what is being computed goes on while there is none.
 */
export class TaskDesk {
	readonly #settings: DeskSettings;
	readonly #works = new Map<string, Work>();
	/** Whether any task here ever asked the server something. */
	#hasAsked = false;
	/** One after the other: the next task may go on from the state of this one. */
	#queue: Promise<void> = Promise.resolve();

	constructor(settings: DeskSettings) {
		this.#settings = settings;
	}

	/** Nothing is left to do of what the server has asked: all answers are there and were announced. */
	get isIdle(): boolean {
		return [...this.#works.values()].every(({ answer }) => answer !== undefined);
	}

	/** The server asks for a task or an evaluation, perhaps not for the first time. */
	async ask(message: WorkMessage, line: Line): Promise<void> {
		this.#dropForgotten(message, line);
		const known = this.#works.get(message.id);
		if (known?.isOf(message) === true) {
			known.askedOn(line, message.payload);
			if (known.answer !== undefined) line.say(known.answer);
			return;
		}
		if (known !== undefined) this.#drop(known);
		const stored = message.type === "task" ? await this.#settings.store.result(message.id) : undefined;
		if (!line.isOpen) return;
		if (stored !== undefined && isOf(stored, message)) this.#announce(stored, line);
		else this.#begin(message, line);
	}

	/** Data of a payload that was asked for. Of what was dropped meanwhile, nothing is kept. */
	receive(chunk: Required<Chunk>, line: Line): void {
		const works = [...this.#works.values()];
		const asking = works.find(({ conversation }) => conversation.isFetchedAs(chunk.payload, line));
		if (asking !== undefined) return asking.conversation.receive(chunk);
		const work = works.find((each) => each.isFetchedAs(chunk.payload, line));
		if (work === undefined) return;
		work.incoming.add(chunk);
		if (work.incoming.isComplete) this.#enqueue(work);
	}

	/**
	 * The server answers a question of a task. Of what was dropped meanwhile, nobody waits for the answer.
	 *
	 * @throws FL_PROTOCOL_ORDER
	 */
	answered(message: MessageOf<ServerMessage, "answer">, line: Line): void {
		if (!this.#hasAsked) {
			throw new ProtocolError("FL_PROTOCOL_ORDER", `call ${message.call} is answered, but nothing was asked`);
		}
		this.#works.get(message.task)?.conversation.answered(message, line);
	}

	/** The server does not wait for it any more. */
	withdraw(id: string, line: Line): void {
		const work = this.#works.get(id);
		if (work !== undefined) this.#drop(work);
		line.retract(id);
	}

	/** Drops everything and closes the store; resolves when nothing is being written any more. */
	async close(): Promise<void> {
		for (const work of this.#works.values()) this.#drop(work);
		await this.#queue;
		await this.#settings.store.close();
	}

	/** After a new connection, what the server does not ask for again is of no use to it. */
	#dropForgotten({ type, id }: WorkMessage, line: Line): void {
		for (const work of this.#works.values()) {
			// What still waits for an answer would also keep all others waiting.
			const isForgotten = work.line !== line;
			const isReplaced = type === "evaluate" && work.answer !== undefined;
			if (work.id !== id && (isForgotten || isReplaced)) this.#drop(work);
		}
	}

	#drop(work: Work): void {
		work.drop();
		this.#works.delete(work.id);
	}

	#begin(message: WorkMessage, line: Line): void {
		const { place } = this.#settings;
		if (this.#works.size >= mostWorks) {
			throw new ProtocolError(
				"FL_PROTOCOL_ORDER",
				`${message.id} is asked for while ${mostWorks} others are`,
			);
		}
		let work: Work;
		try {
			work = new Work(message, line, (byteLength) => place.allocate(byteLength));
		} catch (error) {
			this.#tellFailure(message.id, error, line);
			return;
		}
		this.#works.set(work.id, work);
		work.askedOn(line, message.payload);
		if (work.incoming.isComplete) this.#enqueue(work);
	}

	/** @throws FL_PROTOCOL_FRAME for a damaged payload, which is fetched from the start when the server asks again. */
	#enqueue(work: Work): void {
		try {
			const payload = work.incoming.finish();
			this.#queue = this.#queue.then(() => this.#perform(work, payload));
		} catch (error) {
			this.#drop(work);
			throw error;
		}
	}

	/** Never rejects. */
	async #perform(work: Work, payload: Uint8Array): Promise<void> {
		if (work.signal.aborted) return;
		try {
			const { message } = work;
			if (message.type === "task") await this.#performTask(work, message, payload);
			else await this.#performEvaluation(work, message, payload);
		} catch (error) {
			if (work.signal.aborted) return;
			this.#drop(work);
			this.#tellFailure(work.id, error, work.line);
		}
	}

	async #performTask(
		work: Work,
		message: MessageOf<ServerMessage, "task">,
		payload: Uint8Array,
	): Promise<void> {
		const { client, place, store, log } = this.#settings;
		const { id, task, round, workFraction, after, durable } = message;
		const state = after === null ? undefined : await this.#stateAfter(after, id);
		log.info({ client, round, task: id }, `task ${task} of round ${round} begins`);
		const request = { round, exchange: 1, client, task, workFraction, payload };
		const outcome = await place.run(request, state, work.signal, (service, ask) => {
			this.#hasAsked = true;
			return work.conversation.ask({ service, ask }, work);
		});
		if (work.signal.aborted) return;
		const input = work.incoming.identity;
		await store.save({ task: id, input, reply: outcome.reply, state: outcome.state, durable });
		if (work.signal.aborted) return;
		this.#works.delete(id);
		this.#announce({ task: id, input, reply: outcome.reply, keepsState: outcome.state !== null }, work.line);
	}

	async #stateAfter(after: string, id: string) {
		const state = await this.#settings.store.state(after);
		if (state !== undefined) return state;
		throw new FlSimError(
			"FL_CLIENT_STATE",
			`client ${this.#settings.client} has not its state after task ${after}, that task ${id} goes on from`,
			{ fix: "Start the client with the state folder that it had." },
		);
	}

	#announce({ task, reply, keepsState }: StoredResult, line: Line): void {
		const { client, log } = this.#settings;
		const { report, wallSeconds, payload } = reply;
		log.info({ client, task, wallSeconds }, `task ${task} is done`);
		line.say({
			type: "result",
			task,
			report: reportToMessage(report),
			keepsState,
			wallSeconds,
			payload: line.offer(task, payload),
		});
	}

	async #performEvaluation(
		work: Work,
		message: MessageOf<ServerMessage, "evaluate">,
		payload: Uint8Array,
	): Promise<void> {
		const { client, place } = this.#settings;
		const { id, round } = message;
		const { params } = decodePayload({ params: vector }, place.parameters, payload);
		const sums = await place.evaluate(params, { kind: "client", client, round }, work.signal);
		if (work.signal.aborted) return;
		const answer: ClientMessage = { type: "evaluation", id, ...sumsToMessage(sums) };
		work.answer = answer;
		work.line.say(answer);
	}

	#tellFailure(id: string, error: unknown, line: Line): void {
		this.#settings.log.warn({ client: this.#settings.client, task: id }, `${id} failed: ${messageOf(error)}`);
		line.say(failedMessage(id, error));
	}
}

function isOf({ input }: StoredResult, { payload }: WorkMessage): boolean {
	return input.bytes === payload.bytes && input.crc32 === payload.crc32;
}
