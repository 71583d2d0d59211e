import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { FlSimError, messageOf } from "@fl-sim/core";
import { nearestNames } from "../nearest-name.ts";
import { mergeMaps } from "./merge.ts";
import { type Mistake, mistakesError } from "./mistake.ts";
import { applyOverrides } from "./override.ts";
import { parseYaml } from "./parse-yaml.ts";
import { fileSource } from "./place.ts";
import { foundText, type PlacedMap, quoted } from "./placed-node.ts";

const maxBytes = 1_000_000;

/** A scenario file with what it extends and with `--set` arguments laid over it, not yet checked. */
export interface ScenarioDocument {
	readonly root: PlacedMap;
	/** The file's own text. */
	readonly text: string;
	/** Mistakes in arguments; they are reported together with those in files. */
	readonly mistakes: readonly Mistake[];
}

/** @throws FL_SCENARIO_FILE, FL_SCENARIO_SYNTAX, FL_SCENARIO_EXTENDS. */
export async function readDocument(file: string, settings: readonly string[]): Promise<ScenarioDocument> {
	const text = await readText(file);
	const merged = await readWithBase(file, text, []);
	const { root, mistakes } = applyOverrides(merged, settings);
	const extending = root.entries.get("extends");
	if (extending === undefined) return { root, text, mistakes };
	const place = extending.key;
	const message = "`extends` is set by an argument, expected it in a file";
	return {
		root: without(root, ["extends"]),
		text,
		mistakes: [...mistakes, { code: "FL_SCENARIO_OVERRIDE", place, message }],
	};
}

/** Reads a file and lays it over the one that it extends. `chain` lists the files that extend this one. */
async function readWithBase(file: string, text: string, chain: readonly string[]): Promise<PlacedMap> {
	const source = fileSource(file, text, chain.length);
	const parsed = parseYaml(source);
	if ("mistakes" in parsed) {
		throw mistakesError(parsed.mistakes, "Correct the YAML; indent with spaces and write `key: value`.");
	}
	const root = parsed.node;
	if (root.kind !== "map") {
		const found =
			root.kind === "scalar" && root.value === null ? "the file is empty" : `the file is ${foundText(root)}`;
		const message = `${found}, expected sections such as \`dataset:\` and \`model:\``;
		throw mistakesError([{ code: "FL_SCENARIO_INVALID", place: root.place, message }]);
	}
	const entry = root.entries.get("extends");
	if (entry === undefined) return root;
	const { place } = entry.value;
	const fail = (message: string, fix = "Name a scenario file, relative to the folder of this one.") =>
		mistakesError([{ code: "FL_SCENARIO_EXTENDS", place, message }], fix);
	if (entry.value.kind !== "scalar" || typeof entry.value.value !== "string") {
		throw fail(`\`extends\` is ${foundText(entry.value)}, expected a file name`);
	}
	const base = normalize(join(dirname(file), entry.value.value));
	const files = [...chain, file];
	const first = files.findIndex((name) => resolve(name) === resolve(base));
	if (first >= 0) {
		throw fail(`the files extend each other in a circle: ${chainText([...files.slice(first), base])}`);
	}
	const baseText = await readText(base).catch((error: unknown) => {
		const fix = error instanceof FlSimError ? error.fix : undefined;
		throw fail(`${messageOf(error)} (${chainText([...files, base])})`, fix);
	});
	const below = await readWithBase(base, baseText, files);
	// A scenario is not called or described like the one that it extends.
	return mergeMaps(without(below, ["name", "description"]), without(root, ["extends"]));
}

function chainText(files: readonly string[]): string {
	return files.map((file) => basename(file)).join(" extends ");
}

function without(map: PlacedMap, names: readonly string[]): PlacedMap {
	return { ...map, entries: new Map([...map.entries].filter(([name]) => !names.includes(name))) };
}

async function readText(file: string): Promise<string> {
	try {
		const { size } = await stat(file);
		if (size > maxBytes) {
			throw new FlSimError(
				"FL_SCENARIO_FILE",
				`${file} has ${size} bytes, expected a scenario below ${maxBytes}`,
				{
					fix: "Name a scenario file: YAML, a few kilobytes.",
					details: { file },
				},
			);
		}
		const bytes = await readFile(file);
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (error) {
		if (error instanceof FlSimError) throw error;
		throw await fileError(file, error);
	}
}

async function fileError(file: string, error: unknown): Promise<FlSimError> {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	const folder = code === "EISDIR" ? file : dirname(file);
	const entries = await readdir(folder).catch(() => undefined);
	const scenarios = (entries ?? []).filter((name) => /\.ya?ml$/.test(name));
	const near = nearestNames(basename(file), scenarios, 3).map((name) => join(folder, name));
	const fix =
		near.length > 0
			? `Scenario files in that folder: ${near.join(", ")}.`
			: "Name a scenario file, for example scenarios/noniid.yaml.";
	const options = { fix, details: { file }, cause: error };
	const message = fileProblem(file, code, entries === undefined);
	return new FlSimError(
		"FL_SCENARIO_FILE",
		message ?? `cannot read ${quoted(file)}: ${messageOf(error)}`,
		options,
	);
}

function fileProblem(file: string, code: unknown, lacksFolder: boolean): string | undefined {
	switch (code) {
		case "ENOENT":
		case "ENOTDIR":
			return lacksFolder
				? `there is no folder ${quoted(dirname(file))}, expected the scenario file ${quoted(file)}`
				: `there is no scenario file ${quoted(file)}`;
		case "EISDIR":
			return `${quoted(file)} is a folder, expected a scenario file`;
		case "ERR_ENCODING_INVALID_ENCODED_DATA":
			return `${quoted(file)} is not UTF-8 text, expected a scenario file`;
		default:
			return undefined;
	}
}
