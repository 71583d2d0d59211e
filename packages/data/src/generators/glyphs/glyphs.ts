import { type Examples, randomStream } from "@fl-sim/core";
import { z } from "zod";
import { sharedBytes } from "../../shared-arrays.ts";
import type { DataSource, OwnerGenerator, SourceContext } from "../../source.ts";
import { balancedLabels, skewedLabels } from "../owner-labels.ts";
import { evenRun, evenRuns, type OwnerRun, rowsOf } from "../owner-rows.ts";
import { pictureSide } from "./pen.ts";
import { drawPicture, newDesk } from "./picture.ts";
import { characters } from "./skeleton.ts";
import { drawWriter } from "./writer.ts";

const options = z
	.strictObject({
		name: z.literal("glyphs"),
		classes: z
			.int()
			.min(10)
			.max(characters.length)
			.default(10)
			.describe("Number of classes: 10 digits, then 26 capitals, then 26 small letters"),
		trainExamples: z
			.int()
			.positive()
			.default(10_000)
			.describe("Training examples, shared evenly by the writers"),
		testExamples: z.int().positive().default(2_000).describe("Examples of the central test set"),
		writers: z.int().positive().default(100).describe("Number of writers of the training examples"),
		newWriters: z
			.number()
			.min(0)
			.max(1)
			.default(0.5)
			.describe("Fraction of the test examples that come from writers who wrote no training example"),
		noise: z
			.number()
			.min(0)
			.max(1)
			.default(0.06)
			.describe("Deviation of the grey noise, as a fraction of full scale"),
		variation: z
			.number()
			.min(0)
			.max(2)
			.default(1)
			.describe("Size of the differences between and within hands; 0 gives printed letters, 1 is lifelike"),
		labelAlpha: z
			.number()
			.positive()
			.optional()
			.describe(
				"Dirichlet concentration (per class) of each writer's labels; default: all classes equally often",
			),
	})
	.refine((chosen) => chosen.trainExamples >= chosen.writers, {
		path: ["writers"],
		message: "Every owner needs an example: lower writers or raise trainExamples",
	});

type GlyphsOptions = z.output<typeof options>;

/** A new writer of the test set writes about this many examples. */
const examplesPerNewWriter = 20;

/**
 * Handwritten digits and letters, drawn stroke by stroke: `[28, 28, 1]` grey bytes with scale 1/255, ink bright. Each
 * writer has a hand of their own (forms of letters, slant, width, pen), so that a partition by writer has natural
 * feature skew. In the central test set, owners from `writers` up are writers whom no client holds.
 */
export const glyphs: DataSource<typeof options> = {
	name: "glyphs",
	title: "Glyphs: generated handwriting of many writers, 28x28 grey, 10 to 62 classes",
	options,
	load: (chosen, context) => {
		const runs = evenRuns(chosen.trainExamples, chosen.writers).map(trainRun);
		return Promise.resolve({
			train: examplesOf(runs, chosen, context),
			test: examplesOf(testRuns(chosen), chosen, context),
		});
	},
	owners: (chosen, context): OwnerGenerator => {
		const runOf = (owner: number): OwnerRun => evenRun(chosen.trainExamples, chosen.writers, owner);
		return {
			numExamples: (owner) => runOf(owner).count,
			examples: (owner) => examplesOf([trainRun(runOf(owner))], chosen, context),
			centralTest: () => examplesOf(testRuns(chosen), chosen, context),
		};
	},
};

interface WriterRun extends OwnerRun {
	/** Names the hand; new writers of the test set never share one with an owner. */
	readonly hand: readonly [kind: "writer" | "new writer", number: number];
	readonly part: "train" | "test";
}

function trainRun(run: OwnerRun): WriterRun {
	return { ...run, hand: ["writer", run.owner], part: "train" };
}

function testRuns(chosen: GlyphsOptions): WriterRun[] {
	const fromNew = Math.round(chosen.testExamples * chosen.newWriters);
	const fromKnown = chosen.testExamples - fromNew;
	const numNew = Math.ceil(fromNew / examplesPerNewWriter);
	const known = evenRuns(fromKnown, chosen.writers).map(
		(run): WriterRun => ({ ...run, hand: ["writer", run.owner], part: "test" }),
	);
	const fresh = evenRuns(fromNew, numNew).map(
		(run): WriterRun => ({
			owner: chosen.writers + run.owner,
			first: fromKnown + run.first,
			count: run.count,
			hand: ["new writer", run.owner],
			part: "test",
		}),
	);
	return [...known, ...fresh];
}

function examplesOf(runs: readonly WriterRun[], chosen: GlyphsOptions, context: SourceContext): Examples {
	const random = randomStream(context.seed, "glyphs");
	const { classes: numClasses, labelAlpha, noise, variation } = chosen;
	const alphabet = characters.slice(0, numClasses);
	const width = pictureSide * pictureSide;
	const desk = newDesk();
	const rows = rowsOf(
		runs,
		(numExamples) => sharedBytes(numExamples * width),
		(run: WriterRun, { values, labels }, firstRow) => {
			const hand = random.derive(...run.hand);
			const writer = drawWriter(hand, alphabet, variation);
			const strokes = hand.derive(run.part);
			const labelStream = random.derive("labels", run.part);
			const isSkewed = labelAlpha !== undefined && run.part === "train";
			const ownLabels = isSkewed
				? skewedLabels(labelStream, run, { numClasses, concentration: labelAlpha })
				: balancedLabels(labelStream, run, numClasses);
			labels.set(ownLabels, firstRow);
			for (let row = 0; row < run.count; row++) {
				const start = (firstRow + row) * width;
				const picture = values.subarray(start, start + width);
				drawPicture(
					strokes,
					{ writer, label: ownLabels[row] as number, noise, variation },
					{ desk, picture },
				);
			}
		},
	);
	return {
		numExamples: rows.labels.length,
		featureShape: [pictureSide, pictureSide, 1],
		features: { kind: "bytes", values: rows.values, scale: 1 / 255, shift: 0 },
		labels: rows.labels,
		numClasses,
		classNames: alphabet.map((character) => character.name),
		owners: rows.owners,
	};
}
