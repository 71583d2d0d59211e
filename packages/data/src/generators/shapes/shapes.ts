import { type Examples, randomStream } from "@fl-sim/core";
import { z } from "zod";
import { sharedBytes, sharedInts } from "../../shared-arrays.ts";
import type { DataSource, OwnerGenerator, SourceContext } from "../../source.ts";
import { balancedLabels, skewedLabels } from "../owner-labels.ts";
import { evenRun, evenRuns, type OwnerRun, rowsOf } from "../owner-rows.ts";
import { develop, newCanvas } from "./canvas.ts";
import { type Figure, familyNames, figures } from "./catalogue.ts";
import { type DomainName, domainNames, domains } from "./domains/all.ts";
import { drawPalette } from "./palette.ts";
import { newScene, picturePixels, pictureSide, placeFigure } from "./scene.ts";
import { drawUser } from "./user-style.ts";

const options = z
	.strictObject({
		name: z.literal("shapes"),
		labels: z
			.enum(["fine", "coarse"])
			.default("fine")
			.describe("20 figures (fine) or their 5 families (coarse)"),
		domains: z
			.array(z.enum(domainNames))
			.min(1)
			.refine((names) => new Set(names).size === names.length, "Name each domain once")
			.default([...domainNames])
			.describe("Ways of making pictures; each owner has one of them"),
		usersPerDomain: z
			.int()
			.positive()
			.default(20)
			.describe("Number of users of each domain in the training examples"),
		trainExamples: z
			.int()
			.positive()
			.default(10_000)
			.describe("Training examples, shared evenly by the owners"),
		testExamples: z.int().positive().default(2_000).describe("Examples of the central test set"),
		noise: z
			.number()
			.min(0)
			.max(1)
			.default(0.04)
			.describe("Deviation of the colour noise, as a fraction of full scale; twice as much in photos"),
		variation: z
			.number()
			.min(0)
			.max(2)
			.default(1)
			.describe("Size of the differences in place, size and form between and within users"),
		labelAlpha: z
			.number()
			.positive()
			.optional()
			.describe("Dirichlet concentration (per figure) of each owner's labels; default: all equally often"),
	})
	.refine((chosen) => chosen.trainExamples >= numOwners(chosen), {
		path: ["usersPerDomain"],
		message: "Every owner needs an example: lower usersPerDomain or raise trainExamples",
	});

type ShapesOptions = z.output<typeof options>;

/**
 * Coloured figures and patterns: `[32, 32, 3]` bytes with scale 1/255, 20 fine classes in 5 families, painted in
 * several domains. Owner number k is user floor(k / D) of domain k mod D, where D is the number of domains; a user has
 * favourite colours, sizes and places. The central test set has fresh pictures of the same owners.
 */
export const shapes: DataSource<typeof options> = {
	name: "shapes",
	title: "Shapes: generated colour pictures in several visual domains, 32x32 RGB, 20 classes in 5 families",
	options,
	load: (chosen, context) =>
		Promise.resolve({
			train: examplesOf(allOwners(chosen, "train"), chosen, context),
			test: examplesOf(allOwners(chosen, "test"), chosen, context),
		}),
	owners: (chosen, context): OwnerGenerator => {
		const runOf = (owner: number): OwnerRun => evenRun(chosen.trainExamples, numOwners(chosen), owner);
		return {
			numExamples: (owner) => runOf(owner).count,
			examples: (owner) => examplesOf([{ ...runOf(owner), part: "train" }], chosen, context),
			centralTest: () => examplesOf(allOwners(chosen, "test"), chosen, context),
		};
	},
};

interface PictureRun extends OwnerRun {
	readonly part: "train" | "test";
}

function numOwners(chosen: { readonly usersPerDomain: number; readonly domains: readonly string[] }): number {
	return chosen.usersPerDomain * chosen.domains.length;
}

function allOwners(chosen: ShapesOptions, part: "train" | "test"): PictureRun[] {
	const total = part === "train" ? chosen.trainExamples : chosen.testExamples;
	return evenRuns(total, numOwners(chosen)).map((run) => ({ ...run, part }));
}

function examplesOf(runs: readonly PictureRun[], chosen: ShapesOptions, context: SourceContext): Examples {
	const random = randomStream(context.seed, "shapes");
	const { labelAlpha, noise, variation } = chosen;
	const width = 3 * picturePixels;
	const scene = newScene();
	const canvas = newCanvas();
	const rows = rowsOf(
		runs,
		(numExamples) => sharedBytes(numExamples * width),
		(run: PictureRun, { values, labels }, firstRow) => {
			const person = random.derive("user", run.owner);
			const user = drawUser(person, variation);
			const strokes = person.derive(run.part);
			const domain = domains[chosen.domains[run.owner % chosen.domains.length] as DomainName];
			const labelStream = random.derive("labels", run.part);
			const isSkewed = labelAlpha !== undefined && run.part === "train";
			const ownFigures = isSkewed
				? skewedLabels(labelStream, run, { numClasses: figures.length, concentration: labelAlpha })
				: balancedLabels(labelStream, run, figures.length);
			for (const [place, number] of ownFigures.entries()) {
				const row = firstRow + place;
				labels[row] = chosen.labels === "fine" ? number : (coarseOf[number] as number);
				placeFigure(strokes, figures[number] as Figure, { user, variation, wobble: domain.wobble }, scene);
				domain.paint(strokes, scene, drawPalette(strokes, user), canvas);
				develop(strokes, canvas, noise * domain.noise, values.subarray(row * width, (row + 1) * width));
			}
		},
	);
	const domainColumn = sharedInts(rows.owners.length);
	for (let row = 0; row < domainColumn.length; row++) {
		domainColumn[row] = (rows.owners[row] as number) % chosen.domains.length;
	}
	return {
		numExamples: rows.labels.length,
		featureShape: [pictureSide, pictureSide, 3],
		features: { kind: "bytes", values: rows.values, scale: 1 / 255, shift: 0 },
		labels: rows.labels,
		...(chosen.labels === "fine" ? fineClasses : coarseClasses),
		owners: rows.owners,
		domains: domainColumn,
		domainNames: chosen.domains,
	};
}

/** Family of each figure, `[20]`. */
const coarseOf = sharedInts(figures.length);
coarseOf.set(figures.map((figure) => familyNames.indexOf(figure.family)));

const fineClasses = {
	numClasses: figures.length,
	classNames: figures.map((figure) => figure.name),
	coarseOf,
	coarseNames: familyNames,
};

const coarseClasses = { numClasses: familyNames.length, classNames: familyNames };
