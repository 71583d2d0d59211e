import { FlSimError, messageOf } from "@fl-sim/core";
import {
	type Announcement,
	type ClientMessage,
	IncomingPayload,
	type MessageOf,
	type PayloadIdentity,
	type ServerMessage,
} from "@fl-sim/protocol";

import { Conversation } from "./conversation.ts";

/** A connection, as those see it who answer on it. */
export interface Line {
	readonly isOpen: boolean;
	/** Goes nowhere once the line is closed. */
	say(message: ClientMessage): void;
	/** Announces the payload of a result, which the server may then fetch. */
	offer(task: string, bytes: Uint8Array): Announcement;
	/** What was offered for a task is not sent any further. */
	retract(task: string): void;
}

export type WorkMessage = MessageOf<ServerMessage, "task" | "evaluate">;

/** Something that the server asked for: what it needs comes over any number of connections. */
export class Work {
	readonly message: WorkMessage;
	readonly incoming: IncomingPayload;
	/** What the task asks in its middle. */
	readonly conversation: Conversation;
	/** What was found, in case the server asks again. */
	answer: ClientMessage | undefined;
	/** Where the server asked last, and number of the payload there. */
	#line: Line;
	#payload: number;
	readonly #dropped = new AbortController();

	/** @param allocate memory for its payload, and for answers to its questions */
	constructor(message: WorkMessage, line: Line, allocate: (byteLength: number) => Uint8Array) {
		this.message = message;
		this.incoming = new IncomingPayload(message.payload, allocate);
		this.conversation = new Conversation(message.id, allocate);
		this.#line = line;
		this.#payload = message.payload.id;
	}

	get id(): string {
		return this.message.id;
	}

	get line(): Line {
		return this.#line;
	}

	/** Aborted when nobody waits for it any more. */
	get signal(): AbortSignal {
		return this.#dropped.signal;
	}

	drop(): void {
		this.#dropped.abort(new FlSimError("FL_SESSION_LOST", `${this.id} is not wanted any more`));
	}

	isOf({ type, payload }: { readonly type: string; readonly payload: PayloadIdentity }): boolean {
		return type === this.message.type && this.incoming.isOf(payload);
	}

	/** Whether this is the payload's number on the connection where the server asked last. */
	isFetchedAs(payload: number, line: Line): boolean {
		return line === this.#line && payload === this.#payload;
	}

	/** The server asked, perhaps again, on this connection: fetches what is still missing. */
	askedOn(line: Line, { id }: Announcement): void {
		this.#line = line;
		this.#payload = id;
		if (this.incoming.isComplete) return this.conversation.askedOn(line);
		line.say({ type: "fetch", payload: id, offset: this.incoming.received });
	}
}

const longestMessage = 2000;

/** Tells the server that it waits in vain. */
export function failedMessage(id: string, error: unknown): ClientMessage {
	const code = error instanceof FlSimError ? error.code : "FL_CLIENT_FAILED";
	return { type: "failed", task: id, code, message: messageOf(error).slice(0, longestMessage) };
}
