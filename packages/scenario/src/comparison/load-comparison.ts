import { dirname, join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { mistakesOf } from "../document/issue-mistakes.ts";
import { mistakesError } from "../document/mistake.ts";
import { plainValue } from "../document/placed-node.ts";
import { readDocument } from "../document/read-document.ts";
import { fieldSchemaOf } from "../fields/field-schema.ts";
import { type LoadedScenario, loadScenario } from "../load-scenario.ts";
import { nameFromFile } from "../scenario-schema.ts";
import { comparisonSchema } from "./comparison-schema.ts";
import { argumentsFor, sweptSettings } from "./swept-settings.ts";

/** One run of a comparison. */
export interface PlannedRun {
	/** What the file calls its entry; undefined where it gives no name. */
	readonly label: string | undefined;
	readonly loaded: LoadedScenario;
}

/** A comparison file with all its scenarios, checked. */
export interface LoadedComparison {
	readonly name: string;
	readonly description: string;
	readonly file: string;
	/** Accuracies from 0 to 1. */
	readonly targets: readonly number[];
	/** Entry by entry, setting by setting, seed by seed. */
	readonly runs: readonly PlannedRun[];
}

/**
 * Reads a comparison file and the scenarios that it makes of its base: entries times swept settings times seeds.
 *
 * @throws as `loadScenario`; mistakes in an entry's fields name the entry.
 */
export async function loadComparison(file: string): Promise<LoadedComparison> {
	const { root, mistakes } = await readDocument(file, []);
	const result = comparisonSchema.safeParse(plainValue(root));
	const issues = result.success ? [] : result.error.issues;
	const found = [...mistakes, ...mistakesOf(issues, root, fieldSchemaOf(comparisonSchema))];
	if (!result.success || found.length > 0) throw mistakesError(found);
	const { scenario, seeds, targets, common, compare, sweep, description } = result.data;
	const name = result.data.name ?? nameFromFile(file);
	const base = join(dirname(file), scenario);
	const settings = sweptSettings(sweep);
	const runs: PlannedRun[] = [];
	for (const [index, { label, ...fields }] of compare.entries()) {
		for (const setting of settings) {
			for (const seed of seeds) {
				const set = [
					...argumentsFor(common),
					...argumentsFor(fields),
					...argumentsFor(setting),
					`seed=${seed}`,
					`name=${JSON.stringify(name)}`,
				];
				runs.push({ label, loaded: await loadEntry(base, set, `${file}: compare[${index}]`) });
			}
		}
	}
	return { name, description, file, targets, runs };
}

async function loadEntry(base: string, set: readonly string[], place: string): Promise<LoadedScenario> {
	try {
		return await loadScenario(base, { set });
	} catch (error) {
		if (!(error instanceof FlSimError)) throw error;
		const { code, message, fix, details } = error;
		throw new FlSimError(code, `${place}: ${message}`, {
			...(fix === undefined ? {} : { fix }),
			details,
			cause: error,
		});
	}
}
