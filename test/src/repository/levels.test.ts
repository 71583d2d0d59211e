import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

/** Imports go from a higher level to a lower one only; docs/architecture.md draws it. */
const levels: Readonly<Record<string, number>> = {
	core: 0,
	wire: 1,
	algorithms: 2,
	data: 2,
	compute: 2,
	runs: 2,
	protocol: 2,
	engine: 3,
	links: 4,
	scenario: 4,
	report: 4,
	testkit: 4,
	simulation: 5,
	"command-line": 5,
	comparison: 6,
	cli: 7,
	server: 7,
	client: 7,
};

interface Manifest {
	readonly name: string;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly devDependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Packages that stand at the top of the repository, beside `packages`. */
const topFolders = ["server", "client"];
const folders = [...readdirSync(join(root, "packages")), ...topFolders];
const pathOf = (folder: string): string =>
	topFolders.includes(folder) ? join(root, folder) : join(root, "packages", folder);

const readManifest = (folder: string): Manifest =>
	JSON.parse(readFileSync(join(pathOf(folder), "package.json"), "utf8")) as Manifest;

function sourcesOf(folder: string): { file: string; text: string; isTest: boolean }[] {
	const source = join(pathOf(folder), "src");
	return readdirSync(source, { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts"))
		.map((file) => ({
			file,
			text: readFileSync(join(source, file), "utf8"),
			isTest: /\.(test|fixture)\.ts$/.test(file),
		}));
}

/** Packages and modules named in import statements. */
const importsOf = (text: string): string[] =>
	[...text.matchAll(/^(?:(?:import|export)\b[^;"]*?\bfrom|import)\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm)].map(
		(match) => (match[1] ?? match[2]) as string,
	);

test("every package has a level", () => {
	expect(Object.keys(levels).sort()).toEqual([...folders].sort());
});

describe.each(folders)("%s", (folder) => {
	const manifest = readManifest(folder);

	test("depends on lower levels only", () => {
		for (const name of Object.keys(manifest.dependencies ?? {})) {
			if (!name.startsWith("@fl-sim/")) continue;
			const level = levels[name.slice("@fl-sim/".length)];
			expect(level, `${folder} -> ${name}`).toBeLessThan(levels[folder] ?? Number.NaN);
		}
	});

	test("declares what its sources import", () => {
		const declared = new Set([
			manifest.name,
			...Object.keys(manifest.dependencies ?? {}),
			...Object.keys(manifest.optionalDependencies ?? {}),
		]);
		const declaredForTests = new Set([...declared, ...Object.keys(manifest.devDependencies ?? {}), "vitest"]);
		const isTestOnly = folder === "testkit";
		for (const { file, text, isTest } of sourcesOf(folder)) {
			for (const imported of importsOf(text)) {
				if (imported.startsWith(".") || imported.startsWith("node:")) continue;
				const [scope, name] = imported.split("/");
				const packageName = imported.startsWith("@") ? `${scope}/${name}` : (scope as string);
				const allowed = isTest || isTestOnly ? declaredForTests : declared;
				expect([...allowed], `${folder}/src/${file}`).toContain(packageName);
			}
		}
	});
});

test("packages that run in a browser import nothing of Node", () => {
	for (const folder of ["core", "algorithms", "wire", "engine", "protocol"]) {
		for (const { file, text, isTest } of sourcesOf(folder)) {
			if (isTest) continue;
			expect(
				importsOf(text).filter((name) => name.startsWith("node:")),
				`${folder}/src/${file}`,
			).toEqual([]);
		}
	}
});

test("the client's session will run in a browser: it imports nothing of Node, nor packages that do", () => {
	const browser = ["core", "algorithms", "wire", "engine", "protocol"].map((folder) => `@fl-sim/${folder}`);
	for (const { file, text, isTest } of sourcesOf("client")) {
		if (isTest || !file.startsWith("session")) continue;
		const outside = importsOf(text).filter((name) => !name.startsWith("./") && !browser.includes(name));
		expect(outside, `client/src/${file}`).toEqual([]);
	}
});

test("only the compute package imports TensorFlow.js", () => {
	for (const folder of folders) {
		if (folder === "compute") continue;
		for (const { file, text } of sourcesOf(folder)) {
			expect(
				importsOf(text).filter((name) => name.startsWith("@tensorflow")),
				`${folder}/src/${file}`,
			).toEqual([]);
		}
	}
});
