import type { Examples } from "@fl-sim/core";
import { expect, test } from "vitest";
import { glyphs } from "./glyphs.ts";
import { characters } from "./skeleton.ts";

const context = { seed: 2, baseFolder: "." };

function generatorOf(options: object) {
	const generator = glyphs.owners?.(glyphs.options.parse({ name: "glyphs", ...options }), context);
	if (generator === undefined) throw new Error("glyphs make owners");
	return generator;
}

function pictureOf(examples: Examples, row: number): number[] {
	return Array.from(examples.features.values.subarray(row * 784, (row + 1) * 784));
}

test("the classes are the digits, the capitals and the small letters, each with a form", () => {
	expect(characters.map((character) => character.name).join("")).toBe(
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	);
	for (const { name, forms } of characters) {
		expect(forms.length, name).toBeGreaterThan(0);
		for (const form of forms) {
			expect(form.points, name).toHaveLength(2 * form.numPoints);
			const inBox = form.points.every((value) => value >= 0 && value <= 140);
			expect(inBox, name).toBe(true);
		}
	}
});

test("every picture has ink, and keeps most of it off the border", () => {
	const examples = generatorOf({ classes: 62, trainExamples: 620, writers: 5, noise: 0 }).examples(0);
	for (let row = 0; row < examples.numExamples; row++) {
		const picture = pictureOf(examples, row);
		const ink = picture.reduce((sum, grey) => sum + grey, 0);
		const border = picture.reduce((sum, grey, at) => {
			const column = at % 28;
			return column === 0 || column === 27 || at < 28 || at >= 27 * 28 ? sum + grey : sum;
		}, 0);
		expect(ink, examples.classNames?.[examples.labels[row] as number]).toBeGreaterThan(255 * 4);
		expect(border / ink).toBeLessThan(0.15);
	}
});

test("without variation and noise all writers print the same digits, up to the strength of the ink", () => {
	const generator = generatorOf({ variation: 0, noise: 0, trainExamples: 100, writers: 10 });
	// With 100 examples of 10 classes each writer prints every digit once.
	const digitsOf = (owner: number): number[][] => {
		const examples = generator.examples(owner);
		return Array.from({ length: 10 }, (_, digit) => {
			const picture = pictureOf(examples, examples.labels.indexOf(digit));
			return picture.map((grey) => (255 * grey) / Math.max(...picture));
		});
	};
	const [first, second] = [digitsOf(3), digitsOf(8)];
	for (const [digit, picture] of first.entries()) {
		const gaps = picture.map((grey, at) => Math.abs(grey - (second[digit]?.[at] ?? 0)));
		expect(Math.max(...gaps)).toBeLessThan(4);
	}
});

test("noise dirties the ground", () => {
	const groundOf = (noise: number): number => {
		const examples = generatorOf({ noise, trainExamples: 100, writers: 10 }).examples(0);
		return Array.from(
			{ length: examples.numExamples },
			(_, row) => pictureOf(examples, row)[0] as number,
		).reduce((sum, grey) => sum + grey, 0);
	};
	expect(groundOf(0)).toBe(0);
	expect(groundOf(0.3)).toBeGreaterThan(50);
});

/** Thickness (amount of ink) and slant (shear of the ink) of a picture. */
function styleOf(picture: readonly number[]): { ink: number; slant: number } {
	let [ink, x, y] = [0, 0, 0];
	for (const [at, grey] of picture.entries()) {
		ink += grey;
		x += grey * (at % 28);
		y += grey * Math.floor(at / 28);
	}
	let [across, down] = [0, 0];
	for (const [at, grey] of picture.entries()) {
		const dy = Math.floor(at / 28) - y / ink;
		across += grey * ((at % 28) - x / ink) * dy;
		down += grey * dy * dy;
	}
	return { ink, slant: across / down };
}

test("hands differ more between writers than within one", () => {
	const generator = generatorOf({ trainExamples: 3_000, writers: 30, noise: 0 });
	for (const trait of ["ink", "slant"] as const) {
		// One class only: a 1 has less ink than an 8, whoever writes it.
		const byWriter = Array.from({ length: 30 }, (_, writer) => {
			const examples = generator.examples(writer);
			return [...examples.labels.keys()]
				.filter((row) => examples.labels[row] === 7)
				.map((row) => styleOf(pictureOf(examples, row))[trait]);
		});
		const mean = (values: readonly number[]): number =>
			values.reduce((sum, value) => sum + value, 0) / values.length;
		const variance = (values: readonly number[]): number =>
			mean(values.map((value) => (value - mean(values)) ** 2));
		const within = mean(byWriter.map(variance));
		const between = variance(byWriter.map(mean));
		expect(between / within, trait).toBeGreaterThan(1);
	}
});

test("the central test set mixes known and new writers as asked", async () => {
	const chosen = glyphs.options.parse({
		name: "glyphs",
		trainExamples: 60,
		writers: 6,
		testExamples: 100,
		newWriters: 0.4,
	});
	const { test: central } = await glyphs.load(chosen, context);
	const owners = Array.from(central.owners ?? []);
	expect(owners.filter((owner) => owner >= 6)).toHaveLength(40);
	// 20 examples by each new writer.
	expect(new Set(owners)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
});

test("labelAlpha skews the training labels of writers and leaves the test balanced", async () => {
	const options = { name: "glyphs", trainExamples: 400, writers: 4, labelAlpha: 0.05, testExamples: 100 };
	const { train, test: central } = await glyphs.load(glyphs.options.parse(options), context);
	const labelsOf = (owner: number): Set<number> =>
		new Set(Array.from(train.labels).filter((_, row) => train.owners?.[row] === owner));
	expect(labelsOf(0).size).toBeLessThan(7);
	expect(new Set(central.labels).size).toBe(10);
});
