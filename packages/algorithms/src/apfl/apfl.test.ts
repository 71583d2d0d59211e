import type { StateValue, Vector } from "@fl-sim/core";
import { type PlayedRun, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { playQuadratics } from "../heterogeneous-quadratics.fixture.ts";
import { local } from "../local/local.ts";
import { apfl, apflOptions } from "./apfl.ts";

const withOptions = (options: object = {}) => ({ algorithm: apfl, options: { name: "apfl", ...options } });

testAlgorithmLaws(apfl, { name: "apfl" });

const plain = { algorithm: fedavg, options: { name: "fedavg" } };
const plan = { evaluation: everybody };
const statesOf = ({ snapshots }: PlayedRun) =>
	new Map(snapshots.at(-1)?.clients as readonly [number, { readonly own: Vector; readonly alpha: number }][]);

test("the global model is FedAvg's, bit for bit and byte for byte, whatever the mixture", async () => {
	const expected = await playRun(plain);
	for (const options of [{}, { alpha: 0.25, adaptive: false }, { alpha: 1 }]) {
		const { outcome } = await playRun(withOptions(options));
		expect(outcome.params).toEqual(expected.outcome.params);
		expect(outcome.totals.downBytes).toBe(expected.outcome.totals.downBytes);
		expect(outcome.totals.upBytes).toBe(expected.outcome.totals.upBytes);
	}
});

test("alpha = 0 uses the global model, to the bit", async () => {
	const { events } = await playRun({ ...withOptions({ alpha: 0, adaptive: false }), plan });
	const expected = ofType((await playRun({ ...plain, plan })).events, "evaluated.clients");
	const personal = ofType(events, "evaluated.personal").map(({ clients }) => clients);
	expect(personal).toHaveLength(4);
	expect(personal).toEqual(expected.slice(-4).map(({ clients }) => clients));
});

test("alpha = 1 uses the models of local training, to the bit", async () => {
	const mixed = await playRun({ ...withOptions({ alpha: 1, adaptive: false }), plan });
	const alone = await playRun({ algorithm: local, options: { name: "local" }, plan });
	const personalOf = ({ events }: PlayedRun) =>
		ofType(events, "evaluated.personal").map(({ clients }) => clients);
	expect(personalOf(mixed)).toEqual(personalOf(alone));
	const own = [...statesOf(mixed)].map(([client, state]): [number, StateValue] => [client, state.own]);
	expect(own).toEqual(alone.snapshots.at(-1)?.clients);
});

test("a step moves w down its own gradient, v down alpha times the mixture's, alpha down <v - w, gradient>", async () => {
	// f(x) = (x - 4)^2 / 2 from w = 0; v starts at 0 as well, and is moved to 1 by the state that the run goes on from.
	const clients = [{ center: [4, 0], numExamples: 2 }];
	const client = { own: Float32Array.of(1, 0), alpha: 0.25 };
	const from = { server: { params: new Float32Array(2), optimizer: null }, clients: [[0, client]] } as const;
	const { options } = withOptions({ alpha: 0.25 });
	const run = await playQuadratics(apfl, options, { clients, rounds: 1, localSteps: 1, from });
	const gradient = 0.25 - 4; // the mixture is at 0.25
	expectClose(run.outcome.params, Float32Array.of(0.1 * 4, 0), 6);
	const after = statesOf(run).get(0);
	expectClose(after?.own ?? new Float32Array(), Float32Array.of(1 - 0.1 * 0.25 * gradient, 0), 6);
	expect(after?.alpha).toBeCloseTo(0.25 - 0.1 * (1 - 0) * gradient, 6);
});

test("alpha is learned once a round, while w is the model that was sent", async () => {
	const clients = [{ center: [4, 0], numExamples: 2 }];
	const client = { own: Float32Array.of(1, 0), alpha: 0.25 };
	const from = { server: { params: new Float32Array(2), optimizer: null }, clients: [[0, client]] } as const;
	const alphas = [1, 7].map(async (localSteps) => {
		const run = await playQuadratics(apfl, withOptions().options, { clients, rounds: 1, localSteps, from });
		return statesOf(run).get(0)?.alpha;
	});
	const [afterOne, afterSeven] = await Promise.all(alphas);
	expect(afterSeven).toBe(afterOne);
	expect(afterOne).not.toBe(0.25);
});

test("alpha stays between 0 and 1 however steep the loss is, and as it was where it is not learned", async () => {
	const steep = { center: [40, 0], numExamples: 2 };
	const server = { params: new Float32Array(2), optimizer: null };
	const alphaFrom = async (own: number, adaptive: boolean) => {
		const clients = [[0, { own: Float32Array.of(own, 0), alpha: 0.5 }]] as const;
		const { options } = withOptions({ adaptive });
		const run = await playQuadratics(apfl, options, {
			clients: [steep],
			rounds: 1,
			localSteps: 1,
			from: { server, clients },
		});
		return statesOf(run).get(0)?.alpha;
	};
	expect(await alphaFrom(10, true)).toBe(1);
	expect(await alphaFrom(-10, true)).toBe(0);
	expect(await alphaFrom(10, false)).toBe(0.5);
});

test("alpha must lie between 0 and 1", () => {
	for (const alpha of [-0.1, 1.1]) expect(apflOptions.safeParse({ name: "apfl", alpha }).success).toBe(false);
});
