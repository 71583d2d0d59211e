import { isDeepStrictEqual } from "node:util";
import { FlSimError, type StateValue } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import { decodeState, encodeState } from "./state.ts";

const key = fc.oneof(
	fc.string(),
	fc.constantFrom(
		"__proto__",
		"constructor",
		"toString",
		"$",
		"$$",
		"$tensor",
		"$number",
		"a/b",
		"~",
		"0",
		"",
	),
);
const { value: anyState } = fc.letrec<{ value: StateValue }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 5, withCrossShrink: true },
		fc.constantFrom(null, true, false),
		fc.double(),
		fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
		fc.string({ unit: "binary" }),
		fc.float32Array({ maxLength: 4 }),
		fc.float64Array({ maxLength: 4 }),
		fc.uint32Array({ maxLength: 4 }),
		fc.uint8Array({ maxLength: 4 }),
		fc.array(tie("value"), { maxLength: 4 }),
		fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
	),
}));

test("every state comes back exactly", () => {
	fc.assert(
		fc.property(anyState, (state) => {
			const decoded = decodeState(encodeState(state));
			// Unlike `toStrictEqual`, it is not misled by a key named `constructor`.
			expect(isDeepStrictEqual(decoded, state)).toBe(true);
			expect(encodeState(decoded)).toEqual(encodeState(state));
		}),
		{ numRuns: 500 },
	);
});

test("numbers that JSON lacks, empty containers and strange keys come back", () => {
	const state = {
		numbers: [Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53 - 1],
		empty: [{}, [], [[]], { a: {} }, "", new Float32Array()],
		$tensor: "no tensor",
		$number: { $number: "NaN" },
		clients: [[7, { control: Float32Array.of(1, Number.NaN) }]],
	};
	const decoded = decodeState(encodeState(state));
	expect(decoded).toStrictEqual(state);
});

test("a key __proto__ stays a key and changes no prototype", () => {
	const state = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":[1]}}') as StateValue;
	const decoded = decodeState(encodeState(state)) as object;
	expect(Object.keys(decoded)).toEqual(["__proto__", "a"]);
	expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
	expect("polluted" in {} || "polluted" in decoded).toBe(false);
});

test("typed arrays become tensors named by their path and come back with memory of their own", () => {
	const bytes = encodeState({ server: { "a/b": Float32Array.of(1) }, clients: [Uint8Array.of(2)] });
	expect([...readSafetensors(bytes).tensors.keys()]).toEqual(["state/server/a~1b", "state/clients/0"]);
	const { server } = decodeState(bytes) as { server: { "a/b": Float32Array } };
	expect(server["a/b"].buffer.byteLength).toBe(4);
});

test("what is not plain data is refused with its place", () => {
	const states: readonly [unknown, RegExp][] = [
		[{ a: [undefined] }, /state\/a\/0 holds a undefined/],
		[{ a: new Map() }, /state\/a holds a Map/],
		[Buffer.from("x"), /state holds a Buffer/],
		[[1n], /state\/0 holds a bigint/],
	];
	for (const [state, message] of states) expect(() => encodeState(state as StateValue)).toThrow(message);
});

test("nesting beyond 100 levels is refused in both directions", () => {
	let deep: StateValue = [];
	for (let level = 0; level < 100; level++) deep = [deep];
	expect(decodeState(encodeState(deep))).toEqual(deep);
	expect(() => encodeState([deep])).toThrow(/more than 100 levels/);
	for (const depth of [102, 1_000_000]) {
		const file = writeSafetensors([], { state: "[".repeat(depth) + "]".repeat(depth) });
		expect(() => decodeState(file)).toThrow(FlSimError);
	}
});

test("files that are no states are refused as malformed", () => {
	const int32 = { name: "state", dtype: "I32", shape: [1], data: Int32Array.of(1) } as const;
	expect(() => decodeState(writeSafetensors([]))).toThrow(/no metadata entry state/);
	expect(() => decodeState(writeSafetensors([], { state: "{" }))).toThrow(/not JSON/);
	expect(() => decodeState(writeSafetensors([], { state: '{"$tensor":"x"}' }))).toThrow(/missing tensor "x"/);
	expect(() => decodeState(writeSafetensors([int32], { state: '{"$tensor":"state"}' }))).toThrow(/dtype I32/);
	expect(() => decodeState(writeSafetensors([], { state: '{"$number":"1"}' }))).toThrow(/unknown number "1"/);
	const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
	for (const mark of ["$tensor", "$number"]) {
		const state = `{"${mark}":${nested}}`;
		expect(() => decodeState(writeSafetensors([], { state }))).toThrow(/(tensor|number) a list/);
	}
	expect(() => decodeState(writeSafetensors([], { state: '{"$date":1}' }))).toThrow(/unknown mark \$date/);
});

test("a file with a changed byte gives a state or is refused as malformed", () => {
	const bytes = encodeState({ a: [1, "x", { b: Float32Array.of(3) }], n: Number.NaN });
	fc.assert(
		fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
			const changed = bytes.slice();
			changed[at] = (changed[at] as number) ^ change;
			try {
				decodeState(changed);
			} catch (error) {
				expect(error).toMatchObject({ code: "FL_WIRE_FORMAT" });
			}
		}),
		{ numRuns: 1000 },
	);
});
