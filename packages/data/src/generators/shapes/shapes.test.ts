import { type Examples, randomStream } from "@fl-sim/core";
import { expect, test } from "vitest";
import { figures } from "./catalogue.ts";
import { shapes } from "./shapes.ts";

const context = { seed: 3, baseFolder: "." };

function load(options: object) {
	return shapes.load(shapes.options.parse({ name: "shapes", testExamples: 1, ...options }), context);
}

function pictureOf(examples: Examples, row: number): Uint8Array {
	return Uint8Array.from(examples.features.values.subarray(row * 3072, (row + 1) * 3072));
}

test("20 fine classes lie in 5 families of 4", async () => {
	const { train } = await load({ trainExamples: 100, usersPerDomain: 1 });
	expect(train.numClasses).toBe(20);
	expect(train.coarseNames).toHaveLength(5);
	const sizes = [0, 0, 0, 0, 0];
	for (const family of train.coarseOf ?? []) sizes[family] = (sizes[family] as number) + 1;
	expect(sizes).toEqual([4, 4, 4, 4, 4]);
	expect(train.classNames).toEqual(figures.map((figure) => figure.name));
});

test("coarse labels are the families of the same pictures", async () => {
	const wanted = { trainExamples: 60, usersPerDomain: 1 };
	const fine = (await load(wanted)).train;
	const coarse = (await load({ ...wanted, labels: "coarse" })).train;
	expect(coarse.numClasses).toBe(5);
	expect(coarse.classNames).toEqual(fine.coarseNames);
	expect(coarse.features.values).toEqual(fine.features.values);
	expect(Array.from(coarse.labels)).toEqual(Array.from(fine.labels, (label) => fine.coarseOf?.[label]));
});

test("owner k paints in domain k mod the number of domains", async () => {
	const { train } = await load({ trainExamples: 30, usersPerDomain: 3, domains: ["night", "flat"] });
	expect(train.domainNames).toEqual(["night", "flat"]);
	expect(Array.from(train.domains ?? [])).toEqual(Array.from(train.owners ?? [], (owner) => owner % 2));
});

test("night is dark and a sketch nearly grey", async () => {
	const { train } = await load({ trainExamples: 300, usersPerDomain: 2 });
	const brightness = new Map<string, number[]>();
	const colourfulness = new Map<string, number[]>();
	for (let row = 0; row < train.numExamples; row++) {
		const domain = train.domainNames?.[train.domains?.[row] as number] as string;
		const picture = pictureOf(train, row);
		let light = 0;
		let spread = 0;
		for (let at = 0; at < picture.length; at += 3) {
			const [red, green, blue] = [
				picture[at] as number,
				picture[at + 1] as number,
				picture[at + 2] as number,
			];
			light += (red + green + blue) / 3;
			spread += Math.max(red, green, blue) - Math.min(red, green, blue);
		}
		brightness.set(domain, [...(brightness.get(domain) ?? []), light / 1024]);
		colourfulness.set(domain, [...(colourfulness.get(domain) ?? []), spread / 1024]);
	}
	const mean = (values: readonly number[] | undefined): number =>
		(values ?? []).reduce((sum, value) => sum + value, 0) / (values?.length ?? 0);
	expect(mean(brightness.get("night"))).toBeLessThan(90);
	expect(mean(brightness.get("sketch"))).toBeGreaterThan(170);
	expect(mean(colourfulness.get("sketch"))).toBeLessThan(mean(colourfulness.get("flat")) / 2);
});

test("a figure is visible: the middle of a disc differs from the corners", async () => {
	for (const domain of ["flat", "textured", "night", "photo"] as const) {
		const { train } = await load({ domains: [domain], trainExamples: 200, usersPerDomain: 5, noise: 0 });
		const discs = [...train.labels.keys()].filter((row) => train.labels[row] === 0);
		const gaps = discs.map((row) => {
			const picture = pictureOf(train, row);
			const at = (x: number, y: number): number => 3 * (32 * y + x);
			return [0, 1, 2].reduce((sum, channel) => {
				const middle = picture[at(16, 16) + channel] as number;
				return sum + Math.abs(middle - (picture[at(1, 1) + channel] as number));
			}, 0);
		});
		expect(gaps).toHaveLength(10);
		expect(Math.min(...gaps), domain).toBeGreaterThan(20);
	}
});

test("users have favourite colours: their own pictures are nearer in hue than those of others", async () => {
	const { train } = await load({ domains: ["flat"], trainExamples: 400, usersPerDomain: 10, noise: 0 });
	const hueOf = (row: number): readonly [number, number] => {
		const picture = pictureOf(train, row);
		const middle = 3 * (32 * 16 + 16);
		const [red, green, blue] = [0, 1, 2].map((channel) => picture[middle + channel] as number) as [
			number,
			number,
			number,
		];
		const angle = Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue);
		return [Math.cos(angle), Math.sin(angle)];
	};
	// Solid figures, whose main colour is in the middle: disc, triangle, square, diamond, hexagon, cross.
	const solid = new Set([0, 4, 5, 6, 7, 10]);
	const rows = [...train.labels.keys()].filter((row) => solid.has(train.labels[row] as number));
	const agreements = { same: [] as number[], other: [] as number[] };
	const random = randomStream(1);
	for (let pair = 0; pair < 4_000; pair++) {
		const first = rows[random.integer(rows.length)] as number;
		const second = rows[random.integer(rows.length)] as number;
		if (first === second) continue;
		const [a, b] = [hueOf(first), hueOf(second)];
		const kind = train.owners?.[first] === train.owners?.[second] ? "same" : "other";
		agreements[kind].push(a[0] * b[0] + a[1] * b[1]);
	}
	const mean = (values: readonly number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	expect(mean(agreements.same)).toBeGreaterThan(mean(agreements.other) + 0.3);
});
