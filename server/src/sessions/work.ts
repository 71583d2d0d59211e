import type { BatchEvaluation } from "@fl-sim/core";
import type { LostClient, Serve, TaskReply } from "@fl-sim/engine";
import {
	type Checksum,
	type IncomingPayload,
	type MessageOf,
	OutgoingPayload,
	type PayloadIdentity,
	type ServerMessage,
} from "@fl-sim/protocol";

/** A message that asks a client for something, before its payload has a number on a connection. */
type Order =
	| Omit<MessageOf<ServerMessage, "task">, "payload">
	| Omit<MessageOf<ServerMessage, "evaluate">, "payload">;

/** What came of an order. */
export type Outcome =
	| { readonly kind: "reply"; readonly reply: TaskReply }
	| { readonly kind: "evaluation"; readonly sums: BatchEvaluation }
	| ({ readonly kind: "lost"; readonly detail: string } & LostClient);

/** What a client says of its answer besides the payload. */
export type ResultNotice = Omit<TaskReply, "payload" | "status"> & { readonly keepsState: boolean };

/** Something a client is asked for; it outlives connections until it is settled. */
export interface Work {
	readonly order: Order;
	readonly payload: OutgoingPayload;
	/** Longest answer that can be right, in bytes. */
	readonly maxAnswerBytes: number;
	/** What is wrong with an answer; undefined when nothing is. */
	check(answer: Uint8Array, notice: ResultNotice): string | undefined;
	/** Called once. */
	settle(outcome: Outcome): void;
	/** Answers a question that the task asks in its middle. */
	readonly serve?: Serve;
	/** Longest question that can be right, in bytes. */
	readonly maxAskBytes?: number;
	/** The last question that was answered, for a client that lost its connection before it heard the answer. */
	lastCall?: { readonly call: number; readonly ask: PayloadIdentity; readonly answer: Promise<Uint8Array> };
	/** The next question, as far as it has come, and the connection that it comes on. */
	question?: IncomingPayload;
	askedBy?: object | undefined;
	/** The answer, as far as it has come, and the connection that it comes on. */
	upload?: IncomingPayload;
	uploadedBy?: object | undefined;
	notice?: ResultNotice;
}

/** Payloads with their checksums; those of a broadcast are found once. */
export function payloadCache(checksum: Checksum): (bytes: Uint8Array) => OutgoingPayload {
	const known = new WeakMap<Uint8Array, OutgoingPayload>();
	return (bytes) => {
		const payload = known.get(bytes) ?? new OutgoingPayload(bytes, checksum);
		known.set(bytes, payload);
		return payload;
	};
}
