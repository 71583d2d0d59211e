import { crc32 } from "node:zlib";
import { encodeControlFrame } from "@fl-sim/protocol";
import fc from "fast-check";
import { ScriptedClient } from "./scripted-client.fixture.ts";
import { goodAnswer, parameters } from "./small-federation.fixture.ts";

type Message = Record<string, unknown>;

/** A change that makes a valid message nearly valid. Fields are counted over all levels. */
type Twist =
	| { readonly kind: "replace"; readonly field: number; readonly value: unknown }
	| { readonly kind: "remove"; readonly field: number }
	| { readonly kind: "add"; readonly key: string; readonly value: unknown };

/** One thing that a hostile client does. */
export type Step =
	/** What a good client does next. */
	| { readonly kind: "behave" }
	| { readonly kind: "say"; readonly type: keyof typeof messages; readonly twist: Twist | null }
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "chunk"; readonly payload: number; readonly offset: number; readonly data: Uint8Array }
	| { readonly kind: "frame"; readonly bytes: Uint8Array }
	/** Whatever the server does later happens now. */
	| { readonly kind: "wait" };

const payload = { id: 1, bytes: goodAnswer.length, crc32: crc32(goodAnswer) };
const report = { trainLoss: 0.5, numExamples: 20, steps: 2 };
const nonce = "n".repeat(32);

/** A valid message of each type, about the task that the client heard of last. */
const messages = {
	hello: () => ({ type: "hello", protocol: 1, software: "test", client: 3, nonce, backends: ["wasm"] }),
	ready: () => ({ type: "ready", backendVersion: "1", parameters, trainExamples: 20, testExamples: 5 }),
	result: (task) => ({ type: "result", task, report, keepsState: false, wallSeconds: 0.1, payload }),
	failed: (task) => ({ type: "failed", task, code: "FL_TRAINING_DIVERGED", message: "the loss is NaN" }),
	evaluation: (id) => ({ type: "evaluation", id, lossSum: 1, numCorrect: 1, numExamples: 5 }),
	fetch: () => ({ type: "fetch", payload: 1, offset: 0 }),
	heartbeat: () => ({ type: "heartbeat" }),
	call: (task) => ({ type: "call", task, call: 1, service: "x", payload: { id: 2, bytes: 0, crc32: 0 } }),
	error: () => ({ type: "error", code: "FL_CLIENT_FAILED", message: "no" }),
	goodbye: () => ({ type: "goodbye", reason: "tired" }),
} as const satisfies Record<string, (task: string) => Message>;

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom<unknown>(-1, 0.5, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 1e300, "", null, true, [], {}, [[]]),
	fc.constantFrom(
		"\ud800",
		"__proto__",
		"constructor",
		"x".repeat(3000),
		"1.1.train",
		"2.1.train",
		"\0\n\u001b[2J",
	),
	fc.integer(),
	fc.nat(40),
	fc.jsonValue(),
);
const key = fc.constantFrom("__proto__", "constructor", "toString", "type", "payload", "task", "x");
const twist: fc.Arbitrary<Twist> = fc.oneof(
	fc.record({ kind: fc.constant("replace" as const), field: fc.nat(12), value: oddValue }),
	fc.record({ kind: fc.constant("remove" as const), field: fc.nat(12) }),
	fc.record({ kind: fc.constant("add" as const), key, value: oddValue }),
);

/** JSON that is hard on those who read it, and text that is none. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom(
		"[".repeat(8000),
		'{"a":'.repeat(1200),
		`${"[".repeat(3000)}${"]".repeat(3000)}`,
		'{"type":"heartbeat","type":"goodbye","reason":"x"}',
		'{"type":"heartbeat","__proto__":{"type":"goodbye"}}',
		'{"type":"hello","protocol":{"toString":1,"valueOf":2}}',
		`{"type":"hello","protocol":${"[".repeat(60)}${"]".repeat(60)}}`,
		'{"type":"fetch","payload":1,"offset":9007199254740993}',
		'{"type":"fetch","payload":1e400,"offset":-0}',
		'{"type":"evaluation","id":"1","lossSum":NaN,"numCorrect":Infinity,"numExamples":1}',
		'{"type":"goodbye","reason":"\\ud800"}',
		"",
		"null",
		"\uFEFF{}",
	),
	fc.string({ unit: "binary", maxLength: 60 }),
	fc.json({ maxDepth: 5 }),
);

export const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 6, arbitrary: fc.constant({ kind: "behave" as const }) },
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant("say" as const),
			type: fc.constantFrom(...(Object.keys(messages) as (keyof typeof messages)[])),
			twist: fc.option(twist),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("text" as const), text: oddText }) },
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant("chunk" as const),
			payload: fc.nat(3),
			offset: fc.oneof(fc.constantFrom(0, 16, 28), fc.nat(40), fc.constant(2 ** 31)),
			data: fc.oneof(
				fc.constant(goodAnswer.slice(0, 16)),
				fc.constant(goodAnswer.slice(16)),
				fc.uint8Array({ minLength: 1, maxLength: 40 }),
			),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant("frame" as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
	},
	{ weight: 2, arbitrary: fc.constant({ kind: "wait" as const }) },
);

/** A client that does what a list of steps says, however wrong. */
export class HostileClient extends ScriptedClient {
	#numAnnounced = 0;

	async perform(steps: readonly Step[]): Promise<void> {
		for (const each of steps) {
			if (each.kind === "wait") await turn();
			else if (each.kind === "behave") await this.behave();
			else if (each.kind === "frame") this.session.receive(each.bytes);
			else if (each.kind === "chunk") this.send(each.payload, each.offset, each.data);
			else this.text(each.kind === "text" ? each.text : this.#written(each.type, each.twist));
		}
	}

	text(text: string): void {
		this.session.receive(encodeControlFrame(text, crc32));
	}

	/** Does what a good client would do next: greets, is ready, answers its task. */
	async behave(): Promise<void> {
		await turn();
		if (this.session.phase === "greeting") this.hello(3);
		else if (this.session.phase === "loading") this.text(JSON.stringify(messages.ready()));
		else if (this.session.phase === "ready") this.#answer();
		await turn();
	}

	#answer(): void {
		const task = this.last("task")?.id;
		if (task === undefined || this.#isDone(task)) return;
		this.#numAnnounced += 1;
		const id = this.#numAnnounced;
		const before = this.heard.length;
		this.result(task, goodAnswer, { id });
		const fetch = this.heard.slice(before).find(({ type }) => type === "fetch");
		if (fetch?.type !== "fetch") return;
		for (let offset = fetch.offset; offset < goodAnswer.length; offset += 16) {
			this.send(id, offset, goodAnswer.subarray(offset, offset + 16));
		}
	}

	#isDone(task: string): boolean {
		return this.heard.some((message) => message.type === "receipt" && message.task === task);
	}

	#written(type: keyof typeof messages, change: Twist | null): string {
		const message: Message = messages[type](this.last("task")?.id ?? "1.1.train");
		return change === null ? JSON.stringify(message) : twisted(structuredClone(message), change);
	}
}

function twisted(message: Message, change: Twist): string {
	if (change.kind === "add") {
		// Written by hand: a key may be there already, or be one that objects treat in their own way.
		const rest = JSON.stringify(message).slice(1);
		return `{${JSON.stringify(change.key)}:${JSON.stringify(change.value)},${rest}`;
	}
	const fields = fieldsOf(message);
	const [owner, name] = fields[change.field % fields.length] as readonly [Message, string];
	if (change.kind === "remove") delete owner[name];
	else owner[name] = change.value;
	return JSON.stringify(message);
}

function fieldsOf(message: Message): (readonly [Message, string])[] {
	return Object.entries(message).flatMap(([name, value]) => {
		const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
		return [[message, name] as const, ...(isObject ? fieldsOf(value as Message) : [])];
	});
}

function turn(): Promise<void> {
	return new Promise((resolve) => void setImmediate(resolve));
}
