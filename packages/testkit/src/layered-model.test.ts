import { randomStream } from "@fl-sim/core";
import { expect, test } from "vitest";
import { layeredModel } from "./layered-model.ts";

test("the gradient is that of central differences", async () => {
	const model = layeredModel({ numFeatures: 3, numHidden: 4, numClasses: 3 });
	const random = randomStream(1, "layered");
	const params = model.init(random);
	const batch = {
		size: 5,
		features: new Float32Array(15).map(() => random.normal()),
		labels: Int32Array.of(0, 1, 2, 1, 0),
	};
	const gradient = new Float32Array(params.length);
	await model.lossAndGradient(params, batch, gradient);
	for (let i = 0; i < params.length; i++) {
		const lossAt = async (shift: number) => {
			const moved = params.slice();
			moved[i] = (moved[i] as number) + shift;
			return (await model.evaluate(moved, batch)).lossSum / batch.size;
		};
		const difference = ((await lossAt(1e-2)) - (await lossAt(-1e-2))) / 2e-2;
		expect(gradient[i]).toBeCloseTo(difference, 3);
	}
});
