import { floats, layoutOf, randomStream, type Vector } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compressedPayload } from "./compressed-payload.ts";
import { compressorOf } from "./compressor-of.fixture.ts";
import { errorFeedback } from "./error-feedback.ts";

const length = 12;

/** Sends updates one after the other; returns what arrived and the residual after each. */
function sendAll(options: object, updates: readonly Vector[]) {
	const form = compressedPayload({ delta: floats(length) }, compressorOf(options), layoutOf([]));
	let client = errorFeedback.first("own");
	return updates.map((delta, round) => {
		const random = randomStream(1, "round", round);
		const own = errorFeedback.own(client);
		const sent = errorFeedback.send(client, { task: "train", up: { delta }, own, form, random });
		client = sent.client;
		expect(errorFeedback.own(client)).toBe("own");
		const { residuals } = client as { readonly residuals: Readonly<Record<string, Vector>> };
		const arrived = form.decode(sent.up)["delta"] as Vector;
		return { arrived, residual: residuals["train.delta"] as Vector };
	});
}

const updates = fc.array(
	fc.float32Array({ minLength: length, maxLength: length, noNaN: true, min: -100, max: 100 }),
	{ minLength: 1, maxLength: 6 },
);

test.each([
	{ name: "top-k", fraction: 0.25 },
	{ name: "random-k", fraction: 0.25, errorFeedback: true },
] as const)("$name: what arrives and what is kept are what was to be sent, bit for bit", (options) => {
	fc.assert(
		fc.property(updates, (deltas) => {
			let residual: Vector = new Float32Array(length);
			for (const [round, sent] of sendAll(options, deltas).entries()) {
				const corrected = residual.map((kept, i) => kept + (deltas[round]?.[i] as number));
				expect(sent.arrived.map((value, i) => value + (sent.residual[i] as number))).toEqual(corrected);
				residual = sent.residual;
			}
		}),
	);
});

test("the signs: what arrives and what is kept are what was to be sent, up to rounding", () => {
	fc.assert(
		fc.property(updates, (deltas) => {
			let residual: Vector = new Float32Array(length);
			for (const [round, sent] of sendAll({ name: "sign" }, deltas).entries()) {
				for (let i = 0; i < length; i++) {
					const corrected = (residual[i] as number) + (deltas[round]?.[i] as number);
					expect((sent.arrived[i] as number) + (sent.residual[i] as number)).toBeCloseTo(corrected, 3);
				}
				residual = sent.residual;
			}
		}),
	);
});

test.each([
	{ name: "top-k", fraction: 0.25 },
	{ name: "random-k", fraction: 0.25, errorFeedback: true },
	{ name: "sign" },
] as const)("$name: over all rounds nothing is lost but the last residual", (options) => {
	fc.assert(
		fc.property(updates, (deltas) => {
			const sent = sendAll(options, deltas);
			for (let i = 0; i < length; i++) {
				const given = deltas.reduce((sum, delta) => sum + (delta[i] as number), 0);
				const arrived = sent.reduce((sum, each) => sum + (each.arrived[i] as number), 0);
				expect(arrived + (sent.at(-1)?.residual[i] as number)).toBeCloseTo(given, 2);
			}
		}),
	);
});
