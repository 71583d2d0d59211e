import { numTrainable, partOf, randomStream } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { describeModel } from "./describe-model.ts";
import { type ModelOptions, modelOptions, models } from "./registry.ts";

const options = (value: { name: ModelOptions["name"]; [key: string]: unknown }) => modelOptions.parse(value);
const digits = [28, 28, 1];

describe("parameter counts by hand", () => {
	test("softmax: 784 x 10 + 10", () => {
		expect(describeModel(options({ name: "softmax" }), digits, 10)).toMatchObject({
			name: "softmax",
			layout: { size: 7_850 },
			forwardMultiplyAdds: 7_840,
		});
	});

	test("mlp: 784 x 200 + 200, 200 x 200 + 200, 200 x 10 + 10", () => {
		const { layout, forwardMultiplyAdds } = describeModel(options({ name: "mlp" }), digits, 10);
		expect(layout.size).toBe(199_210);
		expect(forwardMultiplyAdds).toBe(156_800 + 40_000 + 2_000);
	});

	test("mlp on one-hot text: the window is flattened", () => {
		const { layout } = describeModel(options({ name: "mlp", hidden: [7] }), [5, 80], 80);
		expect(layout.size).toBe(400 * 7 + 7 + 7 * 80 + 80);
	});

	test("transformer: embedding, positions, 12 width^2 + 13 width a block, the last norm and the output", () => {
		const { layout, forwardMultiplyAdds } = describeModel(options({ name: "transformer" }), [64, 64], 64);
		const block = 12 * 128 ** 2 + 13 * 128;
		expect(layout.size).toBe(64 * 128 + 128 + 64 * 128 + 5 * block + 2 * 128 + 128 * 64 + 64);
		// Per position: embedding, projections and perceptron, scores and what they select, in the last block keys and values.
		const position = 64 * 128 + 4 * (12 * 128 ** 2 + 2 * 64 * 128) + 2 * 128 ** 2;
		// What the last block computes for the last position, and the output.
		const last = 10 * 128 ** 2 + 2 * 64 * 128 + 128 * 64;
		expect(forwardMultiplyAdds).toBe(64 * position + last);
	});

	test("heads must divide the width", () => {
		expect(modelOptions.safeParse({ name: "transformer", width: 10, heads: 4 }).error?.issues).toMatchObject([
			{ path: ["heads"], message: "`heads` must divide `width`" },
		]);
	});

	test("lenet5: 156 + 2,416 + 48,120 + 10,164 + 850", () => {
		const { layout, forwardMultiplyAdds } = describeModel(options({ name: "lenet5" }), digits, 10);
		expect(layout.size).toBe(61_706);
		// 28^2 x 25 x 6, 10^2 x 150 x 16, 400 x 120, 120 x 84, 84 x 10
		expect(forwardMultiplyAdds).toBe(117_600 + 240_000 + 48_000 + 10_080 + 840);
	});

	test("mcmahan-cnn: 832 + 51,264 + 1,606,144 + 5,130", () => {
		const { layout, forwardMultiplyAdds } = describeModel(options({ name: "mcmahan-cnn" }), digits, 10);
		expect(layout.size).toBe(1_663_370);
		// 28^2 x 25 x 32, 14^2 x 800 x 64, 3136 x 512, 512 x 10
		expect(forwardMultiplyAdds).toBe(627_200 + 10_035_200 + 1_605_632 + 5_120);
	});

	test("resnet8: stem 464, stages 4,672, 14,528 and 57,728, output 650", () => {
		const { layout } = describeModel(options({ name: "resnet8" }), [32, 32, 3], 10);
		expect(layout.size).toBe(464 + 4_672 + 14_528 + 57_728 + 650);
	});

	test("resnet8 with batch norm: a mean and a variance for each of the 336 normalised channels more", () => {
		const { layout } = describeModel(options({ name: "resnet8", norm: "batch" }), [32, 32, 3], 10);
		expect(numTrainable(layout)).toBe(78_042);
		expect(layout.size).toBe(78_042 + 2 * (16 + 2 * 16 + 3 * 32 + 3 * 64));
	});
});

describe("initial parameters", () => {
	const lenet = describeModel(options({ name: "lenet5" }), digits, 10);

	test("equal seeds give equal bits, other seeds others", () => {
		const params = lenet.init(randomStream(7));
		expect(lenet.init(randomStream(7))).toEqual(params);
		expect(lenet.init(randomStream(8))).not.toEqual(params);
	});

	test("another layer moves no other part's draws", () => {
		const shallow = describeModel(options({ name: "mlp", hidden: [6] }), [3], 2);
		const deep = describeModel(options({ name: "mlp", hidden: [6, 5] }), [3], 2);
		const firstWeight = (model: typeof shallow) => {
			const part = model.layout.parts.find(({ name }) => name === "hidden1.weight");
			return part && partOf(model.init(randomStream(1)), part);
		};
		expect(firstWeight(shallow)).toHaveLength(18);
		expect(firstWeight(deep)).toEqual(firstWeight(shallow));
	});

	test("weights stay within their limits; biases, shifts and means start at zero, scales and variances at one", () => {
		const model = describeModel(options({ name: "resnet8", norm: "batch" }), [32, 32, 3], 10);
		const params = model.init(randomStream(1));
		for (const part of model.layout.parts) {
			const values = partOf(params, part);
			const largest = Math.max(...values.map(Math.abs));
			if (part.kind === "weight") {
				const [height = 1, width = 1, channels = 1] = part.shape;
				const limit =
					part.name === "output.weight" ? Math.sqrt(6 / 74) : Math.sqrt(6 / (height * width * channels));
				expect(largest).toBeLessThanOrEqual(limit);
				expect(largest).toBeGreaterThan(0.9 * limit);
			} else {
				const expected = part.kind === "scale" || part.name.endsWith("variance") ? 1 : 0;
				expect(new Set(values)).toEqual(new Set([expected]));
			}
		}
	});
});

describe("data that does not fit", () => {
	test("a convolutional model names the shape, what it expects and the models that fit", () => {
		expect(() => describeModel(options({ name: "lenet5" }), [60], 10)).toThrow(
			expect.objectContaining({
				code: "FL_MODEL_SHAPE",
				message:
					"The model lenet5 does not fit the data set: its examples have shape [60], but lenet5 expects an image " +
					"[height, width, channels] of at least 12 x 12 pixels",
				fix: "Models that fit this data set: softmax, mlp.",
			}),
		);
	});

	test("an image below the smallest size is refused, with the models that take it", () => {
		expect(() => describeModel(options({ name: "lenet5" }), [11, 12, 3], 10)).toThrow(
			expect.objectContaining({ fix: "Models that fit this data set: softmax, mlp, mcmahan-cnn, resnet8." }),
		);
	});

	test("the smallest image that fits leaves something to pool", () => {
		const names = (Object.keys(models) as ModelOptions["name"][]).filter((name) =>
			models[name].fits([12, 12, 1]),
		);
		for (const name of names) {
			const smallest = name === "lenet5" ? 12 : 4;
			const { layout } = describeModel(options({ name }), [smallest, smallest, 1], 2);
			expect(Math.min(...layout.parts.flatMap(({ shape }) => shape))).toBeGreaterThan(0);
		}
	});

	test.each([[[]], [[0]], [[3, -1]], [[2.5]]])("the shape %j is refused", (shape) => {
		expect(() => describeModel(options({ name: "softmax" }), shape, 10)).toThrow(
			expect.objectContaining({ code: "FL_MODEL_SHAPE" }),
		);
	});

	test.each([0, 1, 2.5])("%d classes are refused", (numClasses) => {
		expect(() => describeModel(options({ name: "softmax" }), [4], numClasses)).toThrow(/classes/);
	});
});

test("options of a model have defaults and refuse unknown keys", () => {
	expect(options({ name: "mlp" })).toEqual({ name: "mlp", hidden: [200, 200] });
	expect(options({ name: "lenet5" })).toEqual({ name: "lenet5", activation: "relu", pooling: "max" });
	expect(options({ name: "resnet8" })).toEqual({ name: "resnet8", norm: "group", groups: 8 });
	expect(() => options({ name: "softmax", hidden: [3] })).toThrow(/hidden/);
});
