import { dirname } from "node:path";
import { mistakesOf } from "./document/issue-mistakes.ts";
import { mistakesError } from "./document/mistake.ts";
import { type PlacedMap, plainValue } from "./document/placed-node.ts";
import { readDocument } from "./document/read-document.ts";
import { fieldSchemaOf } from "./fields/field-schema.ts";
import { nameFromFile, type Scenario, scenarioFileSchema, scenarioSchema } from "./scenario-schema.ts";

/** A checked scenario and where it came from. */
export interface LoadedScenario {
	readonly scenario: Scenario;
	/** The file, as it was named. */
	readonly file: string;
	/** The file's own text, without what it extends. */
	readonly sourceText: string;
	/** Relative paths in the scenario start here: the file's folder. */
	readonly baseFolder: string;
	/** Where each value was written, for errors that show up later. */
	readonly written: PlacedMap;
}

/**
 * Reads a scenario file, lays it over what it extends, applies `set` arguments (`path.to.field=value`) and checks
 * all of it. Every mistake is reported at once, with file, line, column and an excerpt.
 *
 * @throws FL_SCENARIO_FILE, FL_SCENARIO_SYNTAX, FL_SCENARIO_EXTENDS, FL_SCENARIO_OVERRIDE, FL_SCENARIO_INVALID.
 */
export async function loadScenario(
	file: string,
	{ set = [] }: { readonly set?: readonly string[] } = {},
): Promise<LoadedScenario> {
	const { root, text, mistakes } = await readDocument(file, set);
	const value = plainValue(root);
	const named = typeof value === "object" ? { name: nameFromFile(file), ...value } : value;
	const result = scenarioSchema.safeParse(named);
	const issues = result.success ? [] : result.error.issues;
	const found = [...mistakes, ...mistakesOf(issues, root, fieldSchemaOf(scenarioFileSchema))];
	if (!result.success || found.length > 0) throw mistakesError(found);
	return { scenario: result.data, file, sourceText: text, baseFolder: dirname(file), written: root };
}
