import { FlSimError } from "@fl-sim/core";
import { excerptOf } from "./document/excerpt.ts";
import { placeText, positionOf } from "./document/place.ts";
import { nodeAt, sectionPlace } from "./document/placed-node.ts";
import type { LoadedScenario } from "./load-scenario.ts";

/** The fields that an error which shows up when the scenario is put together is about, likeliest first. */
const fieldsOfErrors: readonly (readonly [prefix: string, ...fields: readonly (readonly string[])[]])[] = [
	["FL_MODEL_", ["model", "name"], ["model"]],
	["FL_PARTITION_", ["partition", "name"], ["partition"], ["clients", "number"]],
	["FL_DATA_", ["dataset", "path"], ["dataset", "name"], ["dataset"]],
	["FL_BACKEND_", ["backend"]],
];

/**
 * Adds the place in the scenario file to an error that only the data or the machine bring to light: a model that
 * does not fit the data, missing files, an impossible partition. Any other error is returned as it is.
 */
export function locateError(error: unknown, { written }: Pick<LoadedScenario, "written">): unknown {
	if (!(error instanceof FlSimError) || "line" in error.details) return error;
	const [, ...fields] = fieldsOfErrors.find(([prefix]) => error.code.startsWith(prefix)) ?? [""];
	const path = fields.find((field) => nodeAt(written, field) !== undefined);
	if (path === undefined) return error;
	const node = nodeAt(written, path)?.node;
	const place = node?.kind === "scalar" ? node.place : sectionPlace(written, path);
	const { line, column } = positionOf(place);
	const message = `${placeText(place)}: ${error.message}\n${excerptOf(place)}`;
	const details = { file: place.source.name, line, column, ...error.details };
	return new FlSimError(error.code, message, {
		...(error.fix === undefined ? {} : { fix: error.fix }),
		details,
		cause: error,
	});
}
