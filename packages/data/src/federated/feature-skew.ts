import type { Examples, FeatureTransform } from "@fl-sim/core";
import { z } from "zod";
import { partitionImpossible } from "../partition/impossible.ts";
import { noiseTransform } from "./noise.ts";
import { rotationTransform } from "./rotation.ts";

export const noiseFields = {
	level: z
		.number()
		.min(0)
		.default(0.1)
		.describe(
			"Deviation of the noise of the last client, in units of the features; client i gets level * i / (C - 1)",
		),
};

export const rotationFields = {
	degrees: z
		.number()
		.default(90)
		.describe(
			"Angle between neighbouring groups, counterclockwise; exact for quarter turns of square images, else bilinear",
		),
	groups: z.int().min(1).default(4).describe("Number of groups; client k is in group k mod groups"),
};

/** Feature skew beside any division of the examples: the same labels look different at each client. */
export const featureSkewOptions = z.discriminatedUnion("name", [
	z.strictObject({ name: z.literal("noise"), ...noiseFields }),
	z.strictObject({ name: z.literal("rotation"), ...rotationFields }),
]);

export type FeatureSkew = z.output<typeof featureSkewOptions>;

/** What the transforms of all clients have in common. */
export interface TransformPlace {
	readonly numClients: number;
	readonly featureShape: readonly number[];
	readonly seed: string | number;
}

/** Makes the transform of a client: the given skews one after the other; undefined where nothing changes. */
export function clientTransforms(
	skews: readonly FeatureSkew[],
	place: TransformPlace,
): (client: number) => FeatureTransform | undefined {
	const makers = skews.map((skew) => transformMaker(skew, place));
	return (client) => {
		const steps = makers.map((make) => make(client)).filter((step) => step !== undefined);
		if (steps.length <= 1) return steps[0];
		return (features, exampleIndex) => {
			for (const step of steps) step(features, exampleIndex);
		};
	};
}

function transformMaker(
	skew: FeatureSkew,
	{ numClients, featureShape, seed }: TransformPlace,
): (client: number) => FeatureTransform | undefined {
	switch (skew.name) {
		case "noise":
			return (client) => {
				const deviation = numClients === 1 ? 0 : (skew.level * client) / (numClients - 1);
				return deviation === 0 ? undefined : noiseTransform({ deviation, seed, client });
			};
		case "rotation": {
			const made = new Map<number, FeatureTransform>();
			return (client) => {
				const degrees = ((client % skew.groups) * skew.degrees) % 360;
				if (degrees === 0) return undefined;
				const transform = made.get(degrees) ?? rotationTransform(degrees, featureShape);
				made.set(degrees, transform);
				return transform;
			};
		}
	}
}

/** Throws `FlSimError` FL_PARTITION_IMPOSSIBLE where the features cannot be skewed in the wanted way. */
export function checkFeatureSkew(skew: FeatureSkew, examples: Examples): void {
	const shape = `[${examples.featureShape.join(", ")}]`;
	if (examples.features.kind === "tokens") {
		throw partitionImpossible(`feature skew "${skew.name}" cannot change tokens`, {
			fix: "Remove the feature skew, or use a data set of images or numbers.",
		});
	}
	if (skew.name === "rotation" && (examples.featureShape.length < 2 || examples.featureShape.length > 3)) {
		throw partitionImpossible(`rotation needs images [height, width, channels], the features are ${shape}`, {
			fix: "Use the noise skew, or a data set of images.",
		});
	}
}
