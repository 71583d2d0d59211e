import fc from "fast-check";
import { expect, test } from "vitest";
import { parseMessage, peekVersion } from "./control.ts";
import { clientMessage, serverMessage } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";

const payload = { id: 1, bytes: 28, crc32: 0xffff_ffff };
const nonce = "n".repeat(32);

const ofClients = [
	{ type: "hello", protocol: 1, software: "x", client: 0, nonce, backends: ["wasm"], proof: nonce },
	{ type: "ready", backendVersion: "1", parameters: 6, trainExamples: 20, testExamples: 5 },
	{
		type: "result",
		task: "1.1.train",
		report: { trainLoss: null, numExamples: 20, steps: 2 },
		keepsState: true,
		wallSeconds: 0.5,
		payload,
	},
	{ type: "failed", task: "1.1.train", code: "FL_X", message: "" },
	{ type: "evaluation", id: "1", lossSum: -1.5, numCorrect: 1, numExamples: 2 },
	{ type: "call", task: "1.1.train", call: 1, service: "s", payload },
	{ type: "fetch", payload: 1, offset: 0 },
	{ type: "error", code: "FL_X", message: "m", fix: "f" },
	{ type: "goodbye", reason: "r" },
	{ type: "heartbeat" },
];
const ofServers = [
	{ type: "challenge", protocol: 1, software: "x", nonce, authentication: "token" },
	{
		type: "welcome",
		client: 0,
		run: "r",
		scenario: { a: [{ b: 1 }] },
		backend: "cpu",
		data: { featureShape: [28, 28, 1], numClasses: 2, classNames: ["a", "b"] },
		heartbeatSeconds: 1,
		graceSeconds: 0,
		chunkBytes: 1,
	},
	{ type: "task", id: "1", task: "t", round: 1, workFraction: 1, after: null, durable: "x", payload },
	{ type: "evaluate", id: "1", round: 0, payload },
	{ type: "receipt", task: "1", status: "late", reason: "r" },
	{ type: "withdraw", id: "1", reason: "r" },
	{ type: "answer", task: "1", call: 1, payload },
	{ type: "ending" },
	{ type: "goodbye", reason: "finished" },
];
const texts = [...ofClients, ...ofServers].map((message) => JSON.stringify(message));

/** What is read is what JSON says; whatever else is refused, with the right error. */
function expectStrict(text: string, parse: (text: string) => unknown): void {
	try {
		expect(parse(text)).toEqual(JSON.parse(text));
	} catch (error) {
		if (!(error instanceof ProtocolError)) throw error;
		expect(error).toMatchObject({ code: "FL_PROTOCOL_MESSAGE", closeCode: 1007 });
	}
}

test("valid messages come back as they were", () => {
	for (const message of ofClients)
		expect(parseMessage(JSON.stringify(message), clientMessage)).toEqual(message);
	for (const message of ofServers)
		expect(parseMessage(JSON.stringify(message), serverMessage)).toEqual(message);
});

test.each([
	["brackets 100,000 levels deep", "[".repeat(100_000)],
	["the same, closed", "[".repeat(100_000) + "]".repeat(100_000)],
	["objects 100,000 levels deep", '{"a":'.repeat(100_000)],
	[
		"a welcome that nests 65 levels deep",
		`{"type":"welcome","scenario":${'{"a":'.repeat(64)}1${"}".repeat(65)}`,
	],
])("%s are refused for their depth, without a walk through them", (_, text) => {
	const depth = /nests more than 64 levels/;
	expect(() => parseMessage(text, clientMessage)).toThrow(depth);
	expect(() => parseMessage(text, serverMessage)).toThrow(depth);
	expect(() => peekVersion(text)).toThrow(depth);
});

test("a message of very many keys or items is refused before it is parsed", () => {
	const keys = Array.from({ length: 40_000 }, (_, i) => `"k${i}":1`).join(",");
	const items = Array.from({ length: 40_000 }, () => "[]").join(",");
	for (const text of [
		`{"type":"welcome",${keys}}`,
		`{"type":"welcome","scenario":{${keys}}}`,
		`{"type":"welcome","scenario":{"a":[${items}]}}`,
	]) {
		expect(() => parseMessage(text, serverMessage)).toThrow(/more than 20000 keys and commas/);
	}
});

test.each(["__proto__", "constructor", "prototype", "\\u005f_proto__"])(
	"the key %s is refused at any depth",
	(key) => {
		const problem = /the key (__proto__|constructor|prototype) is not allowed/;
		const fields = `"${key}":{"polluted":true}`;
		const welcome = JSON.stringify({ ...ofServers[1], scenario: { a: [{ here: 1 }] } });
		for (const text of [
			`{"type":"heartbeat",${fields}}`,
			welcome.replace('"here":1', fields),
			welcome.replace('{"type"', `{${fields},"type"`),
		]) {
			expect(() => parseMessage(text, serverMessage)).toThrow(problem);
			expect(() => peekVersion(text)).toThrow(problem);
		}
		expect({}).not.toHaveProperty("polluted");
	},
);

test.each([
	'{"type":"goodbye","reason":"a","reason":"b"}',
	'{"type":"goodbye","reason":"a","\\u0072eason":"b"}',
	'{"type":"fetch","type":"goodbye","reason":"a"}',
	'{"type":"error","code":"FL_X","message":"","a":[{"b":1,"b":1}]}',
])("a key that is named twice is refused: %s", (text) => {
	expect(() => parseMessage(text, clientMessage)).toThrow(/names a key twice/);
});

test("colons, brackets and quotation marks in texts are text", () => {
	const reason = '":{[\\"__proto__\\":{'.repeat(20);
	expect(parseMessage(JSON.stringify({ type: "goodbye", reason }), clientMessage)).toEqual({
		type: "goodbye",
		reason,
	});
});

test.each([
	["an integer beyond 2^53", { type: "fetch", payload: 1, offset: 2 ** 53 }],
	["a fraction", { type: "fetch", payload: 1.5, offset: 0 }],
	["a negative count", { type: "fetch", payload: 1, offset: -1 }],
	["a payload beyond 4 GiB", { ...ofClients[2], payload: { ...payload, bytes: 2 ** 32 + 1 } }],
	["a checksum of 33 bits", { ...ofClients[2], payload: { ...payload, crc32: 2 ** 32 } }],
	["a field too many", { type: "heartbeat", now: 1 }],
	["a text of 2001 characters", { type: "goodbye", reason: "x".repeat(2001) }],
	["an error code with line breaks", { type: "error", code: "FL_X\nFL_Y", message: "" }],
	["a type that objects inherit", { type: "toString" }],
	["a list", [{ type: "heartbeat" }]],
])("%s is refused", (_, message) => {
	expect(() => parseMessage(JSON.stringify(message), clientMessage)).toThrow(ProtocolError);
});

test.each([
	'{"type":"evaluation","id":"1","lossSum":NaN,"numCorrect":1,"numExamples":1}',
	'{"type":"evaluation","id":"1","lossSum":1e400,"numCorrect":1,"numExamples":1}',
	'{"type":"evaluation","id":"1","lossSum":-Infinity,"numCorrect":1,"numExamples":1}',
	'{"type":"fetch","payload":1e999,"offset":0}',
	'{"type":"fetch","payload":0x1,"offset":0}',
	"",
	"\uFEFF{}",
	'{"type":"heartbeat"} {"type":"heartbeat"}',
	'{"type":"heartbeat"',
])("numbers that JSON has not, and text that is no JSON, are refused: %s", (text) => {
	expect(() => parseMessage(text, clientMessage)).toThrow(ProtocolError);
});

test("any text at all is a message or refused, and what is read is what JSON says", () => {
	const mutated = fc
		.tuple(
			fc.constantFrom(...texts),
			fc.array(fc.tuple(fc.nat(200), fc.string({ maxLength: 2 }), fc.nat(2)), { maxLength: 3 }),
		)
		.map(([text, changes]) =>
			changes.reduce(
				(changed, [at, more, cut]) => changed.slice(0, at) + more + changed.slice(at + cut),
				text,
			),
		);
	fc.assert(
		fc.property(fc.oneof(mutated, fc.string({ unit: "binary" }), fc.json()), (text) => {
			expectStrict(text, (each) => parseMessage(each, clientMessage));
			expectStrict(text, (each) => parseMessage(each, serverMessage));
		}),
		{ numRuns: 800 },
	);
});
