import { type AnyAlgorithm, floats, layoutOf, randomStream, type Vector } from "@fl-sim/core";
import { addDelta, type PlaySettings, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { describe, expect, test } from "vitest";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedper } from "../fedper/fedper.ts";
import { scaffold } from "../scaffold/scaffold.ts";
import { type Compression, compress } from "./compress.ts";
import { compressedPayload } from "./compressed-payload.ts";
import { compressorOf } from "./compressor-of.fixture.ts";

const topK = { name: "top-k", fraction: 0.25, entropy: false } as const;
const qsgd = { name: "qsgd", levels: 7, bucketSize: 8, scale: "euclidean", entropy: false } as const;
const randomK = { name: "random-k", fraction: 0.5, errorFeedback: false } as const;
const sign = { name: "sign" } as const;
const int8 = { name: "int8", entropy: false } as const;
const bfloat16 = { name: "bfloat16" } as const;

/** Parameters of the softmax model: 3 x 3 weights and 3 biases. */
const d = 12;

const cases: readonly (readonly [string, AnyAlgorithm, Compression])[] = [
	["fedavg with top-k up", fedavg, { up: topK }],
	["fedavg with qsgd up and int8 down", fedavg, { up: qsgd, down: int8 }],
	["fedavg with random-k up and bfloat16 down", fedavg, { up: randomK, down: bfloat16 }],
	["scaffold with signs up", scaffold, { up: sign }],
	["scaffold with int8 up and down", scaffold, { up: int8, down: int8 }],
	[
		"fedavg with entropy-coded qsgd up and int8 down",
		fedavg,
		{ up: { ...qsgd, entropy: true }, down: { ...int8, entropy: true } },
	],
	["fedper with top-k up and qsgd down", fedper, { up: topK, down: qsgd }],
];

describe.each(cases)("%s", (_, algorithm, compression) => {
	testAlgorithmLaws(compress(algorithm, compression), { name: algorithm.name });
});

const play = (algorithm: AnyAlgorithm, compression: Compression, plan: PlaySettings["plan"] = {}) =>
	playRun({ algorithm: compress(algorithm, compression), options: { name: algorithm.name }, plan });

test.each([fedavg, scaffold, fedper])(
	"no compression, and top-k that keeps all, are $name itself",
	async (algorithm) => {
		const options = { name: algorithm.name };
		const plain = await playRun({ algorithm, options });
		const nothing = await play(algorithm, {});
		expect(nothing.outcome.params).toEqual(plain.outcome.params);
		expect(nothing.outcome.totals).toMatchObject({ downBytes: plain.outcome.totals.downBytes });
		expect(nothing.snapshots.map(({ clients }) => clients)).toEqual(
			plain.snapshots.map(({ clients }) => clients),
		);
		const all = await play(algorithm, { up: { ...topK, fraction: 1 } });
		expect(all.outcome.params).toEqual(plain.outcome.params);
		expect(all.outcome.totals.upBytes).toBe(plain.outcome.totals.upBytes);
	},
);

test("compression changes the model, in either direction", async () => {
	const plain = (await play(fedavg, {})).outcome.params;
	for (const compression of [{ up: topK }, { up: qsgd }, { down: int8 }, { down: bfloat16 }]) {
		expect((await play(fedavg, compression)).outcome.params).not.toEqual(plain);
	}
});

test("a participant pays for what travels, to the byte", async () => {
	const bytesOf = async (algorithm: AnyAlgorithm, compression: Compression) => {
		const { outcome } = await play(algorithm, compression, { rounds: 3, cohortSize: 5 });
		const { upBytes, downBytes } = outcome.totals;
		return { up: upBytes / 15, down: downBytes / 15 };
	};
	expect(await bytesOf(fedavg, { up: topK })).toEqual({ up: 4 * 3 + 2 + 4, down: 4 * d });
	expect(await bytesOf(fedavg, { up: sign })).toEqual({ up: 4 + 2 + 4 + 1 + 4, down: 4 * d });
	expect(await bytesOf(fedavg, { up: qsgd, down: int8 })).toEqual({ up: 8 + 6 + 4, down: 8 + 9 + 8 + 3 });
	expect(await bytesOf(scaffold, { up: randomK, down: bfloat16 })).toEqual({
		up: 2 * (8 + 4 * 6),
		down: 4 * d,
	});
});

test("entropy coding changes bytes and nothing else", async () => {
	for (const up of [{ ...topK, fraction: 0.1 }, qsgd, int8]) {
		const plain = await play(fedavg, { up });
		const coded = await play(fedavg, { up: { ...up, entropy: true } });
		expect(coded.outcome.params).toEqual(plain.outcome.params);
		const before = coded.events.flatMap((event) => (event.type === "measured" ? [event] : []));
		expect(before.map(({ name, round }) => [name, round])).toEqual(
			[1, 2, 3, 4].map((round) => ["bytes of compressed vectors up, before entropy coding", round]),
		);
		const total = before.reduce((sum, { value }) => sum + Number(value), 0);
		expect(total).toBe(
			plain.outcome.totals.upBytes - 4 * plain.events.filter(({ type }) => type === "client.replied").length,
		);
		expect(coded.outcome.totals.upBytes).not.toBe(plain.outcome.totals.upBytes);
		const replies = plain.events.filter(({ type }) => type === "client.replied").length;
		expect(coded.outcome.totals.upBytes).toBeLessThanOrEqual(plain.outcome.totals.upBytes + 5 * replies);
	}
});

interface Remembering {
	readonly own: unknown;
	readonly residuals: Readonly<Record<string, Vector>>;
}

test("clients keep what compression took, those that were lost what they had", async () => {
	const { events, snapshots } = await play(
		fedavg,
		{ up: topK },
		{
			rounds: 6,
			system: {
				availability: 0.8,
				dropout: 0.4,
				stragglers: { fraction: 0, slowdown: 1, policy: "drop" },
				secondsPerStep: 1,
			},
		},
	);
	const statesAfter = (round: number) =>
		new Map((snapshots[round - 1]?.clients ?? []) as readonly [number, Remembering][]);
	let lostWithResidual = 0;
	for (let round = 2; round <= 6; round++) {
		const [before, after] = [statesAfter(round - 1), statesAfter(round)];
		const replied = new Set(
			events.flatMap((event) =>
				event.type === "client.replied" && event.round === round ? [event.client] : [],
			),
		);
		for (const [client, { residuals }] of after) {
			const residual = residuals["train.delta"] as Vector;
			expect(residual.filter((value) => value !== 0).length).toBeLessThanOrEqual(d - 3);
			if (replied.has(client)) {
				expect(residual).not.toEqual(before.get(client)?.residuals["train.delta"]);
			} else {
				expect(residual).toEqual(before.get(client)?.residuals["train.delta"]);
				lostWithResidual += 1;
			}
		}
	}
	expect(lostWithResidual).toBeGreaterThan(0);
});

test("what no encoder writes, or what is not finite, is found before it is folded", () => {
	const layout = layoutOf([{ name: "weight", shape: [8], layer: "layer", kind: "weight" }]);
	const shape = { layout, options: { name: "fedavg" } };
	const problem = (compression: Compression, delta: Uint8Array) =>
		compress(fedavg, compression).tasks["train"]?.problemOf?.({ delta, numExamples: 1 }, shape);
	const half = { ...topK, fraction: 0.5 };
	const values = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
	expect(problem({ up: half }, Uint8Array.of(...values, 0b01010101))).toBeUndefined();
	expect(problem({ up: half }, Uint8Array.of(...values, 0b01110101))).toMatch(/5 positions instead of 4/);
	const infinite = new Uint8Array(Float32Array.of(1, Number.NaN, 3, 4).buffer);
	expect(problem({ up: half }, Uint8Array.of(...infinite, 0b01010101))).toMatch(
		/delta holds numbers that are not finite/,
	);
});

test("a vector that is not finite ends the run where it was to be compressed", async () => {
	const broken: AnyAlgorithm = {
		...fedavg,
		tasks: {
			train: {
				...(fedavg.tasks["train"] as AnyAlgorithm["tasks"][string]),
				run: (context) =>
					Promise.resolve({
						up: { delta: new Float32Array(d).fill(Number.NaN), numExamples: 1 },
						client: null,
						report: { trainLoss: context.random.uniform(), numExamples: 1, steps: 1 },
					}),
			},
		},
	};
	await expect(play(broken, { up: sign })).rejects.toMatchObject({
		code: "FL_TRAINING_DIVERGED",
		message: expect.stringContaining("delta[0] is NaN") as string,
	});
});

test("two fields with the same values are rounded differently", () => {
	const form = compressedPayload({ a: floats(50), b: floats(50) }, compressorOf(int8), layoutOf([]));
	const values = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i));
	const { a, b } = form.encode({ a: values, b: values }, randomStream(1, "test"));
	expect(a).not.toEqual(b);
});

test("a broadcast is rounded once for all of a round, and anew in the next one", async () => {
	const sent: Uint8Array[] = [];
	const { outcome } = await playRun({
		algorithm: compress(fedavg, { down: int8 }),
		options: { name: "fedavg" },
		plan: {
			rounds: 2,
			cohortSize: 3,
			serverOptimizer: { ...addDelta, step: (state, params) => ({ params, state }) },
		},
		onPayload: (direction, bytes) => direction === "down" && sent.push(bytes.slice()),
	});
	expect(outcome.round).toBe(2);
	const [first, second, third, next] = sent;
	expect([second, third]).toEqual([first, first]);
	expect(next).not.toEqual(first);
});
