import { type Examples, randomStream } from "@fl-sim/core";
import { z } from "zod";
import { sharedBytes, sharedInts } from "../../shared-arrays.ts";
import type { DataSource, OwnerGenerator, SourceContext } from "../../source.ts";
import { evenRun, evenRuns, type OwnerRun, rowsOf } from "../owner-rows.ts";
import { dialects as allDialects, alphabet } from "./language.ts";
import { drawSpeaker, talk } from "./speaker.ts";

const options = z
	.strictObject({
		name: z.literal("dialects"),
		window: z
			.int()
			.min(1)
			.max(256)
			.default(16)
			.describe("Characters that the model sees before the one to predict"),
		stride: z.int().min(1).default(3).describe("Characters from one window of a text to the next"),
		dialects: z
			.int()
			.min(1)
			.max(allDialects.length)
			.default(allDialects.length)
			.describe("Number of dialects; speaker k speaks dialect k mod this number"),
		strength: z
			.number()
			.min(0)
			.max(1)
			.default(0.8)
			.describe("How much dialects and persons differ in words and spelling; 0: all speak alike"),
		speakers: z.int().positive().default(100).describe("Number of speakers of the training examples"),
		trainExamples: z
			.int()
			.positive()
			.default(20_000)
			.describe("Training examples, shared evenly by the speakers"),
		testExamples: z.int().positive().default(4_000).describe("Examples of the central test set"),
	})
	.refine((chosen) => chosen.trainExamples >= chosen.speakers, {
		path: ["speakers"],
		message: "Every owner needs an example: lower speakers or raise trainExamples",
	});

type DialectsOptions = z.output<typeof options>;

/**
 * Next-character prediction on small talk from a hidden grammar: `[window, 32]` one-hot rows of characters, stored as
 * token ids. Speakers share the grammar and differ in dialect (spelling, usual words) and in person (topics, forms of
 * sentences, own words). Classes are characters and as unequal as in any text. The central test set has fresh talk of
 * the same speakers.
 */
export const dialects: DataSource<typeof options> = {
	name: "dialects",
	title: "Dialects: generated talk of many speakers, predict the next character, 32 characters",
	options,
	load: (chosen, context) =>
		Promise.resolve({
			train: examplesOf(allSpeakers(chosen, "train"), chosen, context),
			test: examplesOf(allSpeakers(chosen, "test"), chosen, context),
		}),
	owners: (chosen, context): OwnerGenerator => {
		const runOf = (owner: number): OwnerRun => evenRun(chosen.trainExamples, chosen.speakers, owner);
		return {
			numExamples: (owner) => runOf(owner).count,
			examples: (owner) => examplesOf([{ ...runOf(owner), part: "train" }], chosen, context),
			centralTest: () => examplesOf(allSpeakers(chosen, "test"), chosen, context),
		};
	},
};

interface TalkRun extends OwnerRun {
	readonly part: "train" | "test";
}

function allSpeakers(chosen: DialectsOptions, part: "train" | "test"): TalkRun[] {
	const total = part === "train" ? chosen.trainExamples : chosen.testExamples;
	return evenRuns(total, chosen.speakers).map((run) => ({ ...run, part }));
}

function examplesOf(runs: readonly TalkRun[], chosen: DialectsOptions, context: SourceContext): Examples {
	const random = randomStream(context.seed, "dialects");
	const { window, stride, strength } = chosen;
	const dialects = allDialects.slice(0, chosen.dialects);
	const rows = rowsOf(
		runs,
		(numExamples) => sharedBytes(numExamples * window),
		(run: TalkRun, { values, labels }, firstRow) => {
			if (run.count === 0) return;
			const speaker = drawSpeaker({ random, dialects, strength }, run.owner);
			const text = new Uint8Array((run.count - 1) * stride + window + 1);
			talk(random.derive(run.part, run.owner), speaker, text);
			for (let place = 0; place < run.count; place++) {
				const start = place * stride;
				values.set(text.subarray(start, start + window), (firstRow + place) * window);
				labels[firstRow + place] = text[start + window] as number;
			}
		},
	);
	const domains = sharedInts(rows.owners.length);
	for (let row = 0; row < domains.length; row++)
		domains[row] = (rows.owners[row] as number) % dialects.length;
	return {
		numExamples: rows.labels.length,
		featureShape: [window, alphabet.length],
		features: { kind: "tokens", values: rows.values, vocabularySize: alphabet.length },
		labels: rows.labels,
		numClasses: alphabet.length,
		classNames: Array.from(alphabet, (character) => (character === " " ? "space" : character)),
		owners: rows.owners,
		domains,
		domainNames: dialects.map((dialect) => dialect.name),
	};
}
