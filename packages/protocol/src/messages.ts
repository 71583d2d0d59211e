import { z } from "zod";
import { limits } from "./limits.ts";
import { reportMessage, sumsMessage } from "./report.ts";

/** Longest text of names and reasons. */
const name = z.string().min(1).max(200);
const sentence = z.string().max(2000);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const base64url = z.string().regex(/^[A-Za-z0-9_-]{16,128}$/);

/** More names of classes are not sent. */
export const maxClassNames = 4096;

/** Announces a payload, which is sent in chunks once it is fetched. */
const announcement = z.strictObject({
	/** Number of this payload in this direction of this connection. */
	id: z.int().min(1).max(0xffff_ffff),
	bytes: z.int().min(0).max(limits.payload),
	/** CRC-32 of the whole payload. */
	crc32: z.int().min(0).max(0xffff_ffff),
});

/** Asks for the chunks of an announced payload, from `offset` on. */
const fetch = z.strictObject({ type: z.literal("fetch"), payload: z.int().min(1), offset: count });

/** A sign of life. */
const heartbeat = z.strictObject({ type: z.literal("heartbeat") });

/** Why the sender closes the connection after this message. */
const error = z.strictObject({
	type: z.literal("error"),
	code: z.string().regex(/^FL_[A-Z_]{1,60}$/),
	message: sentence,
	fix: sentence.optional(),
});

/** What the data of all clients must be like, so that one model fits them. */
const dataShape = z.strictObject({
	/** Shape of one example as the model sees it. */
	featureShape: z.array(z.int().min(0)).max(8).readonly(),
	numClasses: z.int().min(1),
	/** Names of the classes, in the order of the labels; null where they have none, or too many to be sent. */
	classNames: z.array(z.string().max(200)).max(maxClassNames).readonly().nullable(),
});

/** What a server says. */
export const serverMessage = z.discriminatedUnion("type", [
	/** The first message on a connection. */
	z.strictObject({
		type: z.literal("challenge"),
		protocol: z.int(),
		software: name,
		/** Fresh for every connection. */
		nonce: base64url,
		authentication: z.enum(["none", "token"]),
	}),
	z.strictObject({
		type: z.literal("welcome"),
		client: count,
		/** Name of the run, the same after a restart of the server. */
		run: name,
		/** The whole scenario, defaults worked in. */
		scenario: z.record(z.string(), z.unknown()),
		/** What computes the models in this run. */
		backend: name,
		data: dataShape,
		heartbeatSeconds: z.number().positive().max(3600),
		/** Time that a side may be without connection and is still waited for. */
		graceSeconds: z.number().min(0).max(86_400),
		/** Data in one chunk at most. */
		chunkBytes: z.int().min(1).max(limits.maxChunkData),
	}),
	z.strictObject({
		type: z.literal("task"),
		/** Unique in the run, the same when it is sent again. */
		id: name,
		task: name,
		round: z.int().min(1),
		workFraction: z.number().gt(0).max(1),
		/** The task after which the client's own state is to be taken; null before its first. */
		after: name.nullable(),
		/** States before this task's will never be asked for again; null for none. */
		durable: name.nullable(),
		payload: announcement,
	}),
	/** Asks for the accuracy of a model on the client's own test examples. */
	z.strictObject({
		type: z.literal("evaluate"),
		id: name,
		round: count,
		payload: announcement,
	}),
	/** What became of a result. */
	z.strictObject({
		type: z.literal("receipt"),
		task: name,
		status: z.enum(["counted", "late", "duplicate", "rejected"]),
		reason: sentence.optional(),
	}),
	/** Nobody waits for this task or evaluation any more. */
	z.strictObject({ type: z.literal("withdraw"), id: name, reason: sentence }),
	/** The answer to a call. */
	z.strictObject({
		type: z.literal("answer"),
		task: name,
		call: z.int().min(1),
		payload: announcement,
	}),
	fetch,
	heartbeat,
	error,
	/** Nothing comes after what is under way but the goodbye. */
	z.strictObject({ type: z.literal("ending") }),
	/** The run is over; clients that should come back see the connection end without it. */
	z.strictObject({ type: z.literal("goodbye"), reason: z.enum(["finished", "stopped", "failed"]) }),
]);

/** What a client says. */
export const clientMessage = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("hello"),
		protocol: z.int(),
		software: name,
		client: count,
		/** That the client holds the token of this number, see `helloTranscript`; absent without authentication. */
		proof: base64url.optional(),
		nonce: base64url,
		/** What could compute models here, best first. */
		backends: z.array(name).min(1).max(20),
	}),
	/** Data and model are loaded; tasks may come. */
	z.strictObject({
		type: z.literal("ready"),
		/** Version of the backend. */
		backendVersion: name,
		/** Number of parameters of the model as built here. */
		parameters: count,
		trainExamples: count,
		testExamples: count,
	}),
	/** A task is done. */
	z.strictObject({
		type: z.literal("result"),
		task: name,
		report: reportMessage,
		/** Whether the client keeps a state of its own, that the next task goes on from. */
		keepsState: z.boolean(),
		/** Time that the task took. */
		wallSeconds: z.number().min(0),
		payload: announcement,
	}),
	/** A task failed on the client. */
	z.strictObject({
		type: z.literal("failed"),
		task: name,
		code: z.string().regex(/^FL_[A-Z_]{1,60}$/),
		message: sentence,
	}),
	z.strictObject({
		type: z.literal("evaluation"),
		id: name,
		...sumsMessage.shape,
	}),
	/** Asks a service of the server in the middle of a task. */
	z.strictObject({
		type: z.literal("call"),
		task: name,
		/** Number of the call in its task, from 1. */
		call: z.int().min(1),
		service: name,
		payload: announcement,
	}),
	fetch,
	heartbeat,
	error,
	z.strictObject({ type: z.literal("goodbye"), reason: sentence }),
]);

export type ServerMessage = z.output<typeof serverMessage>;
export type ClientMessage = z.output<typeof clientMessage>;
export type DataShape = z.output<typeof dataShape>;
export type Announcement = z.output<typeof announcement>;

/** A message of one type. */
export type MessageOf<Message extends { readonly type: string }, Type extends Message["type"]> = Extract<
	Message,
	{ readonly type: Type }
>;
