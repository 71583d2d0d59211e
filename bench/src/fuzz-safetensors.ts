// Reads changed safetensors files, and judges each by the format. Ends with exit code 1 when a rule did not hold.
// Usage: node --expose-gc bench/src/fuzz-safetensors.ts [--files NUMBER] [--seed SEED]
import { parseArgs } from "node:util";
import { FlSimError, randomStream } from "@fl-sim/core";
import { faultOfSafetensors, mutateSafetensors, startClock } from "@fl-sim/testkit/fuzz";
import { readSafetensors, type SafetensorsFile, writeSafetensors } from "@fl-sim/wire";
import { soundFiles } from "../../test/src/wire/safetensors-files.fixture.ts";
import { wholeNumber } from "./flag-values.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: { files: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const files = wholeNumber("files", flags.files, 1);
const limit = 50;
/** Right files that were read, and wrong ones by their faults. */
const judged: Record<string, number> = {};
const problems: string[] = [];
/** Files to change: those that were read before, too. */
const corpus: Uint8Array[] = [...soundFiles];
let longest = 0;
let settled = 0;

for (let number = 0; number < files; number++) {
	const random = randomStream(flags.seed, "safetensors", number);
	const file = corpus[random.integer(corpus.length)] as Uint8Array;
	const mutant = mutateSafetensors(file, corpus[random.integer(corpus.length)] as Uint8Array, random);
	const stop = startClock();
	const found = read(mutant);
	longest = Math.max(longest, stop().busyMilliseconds);
	const fault = faultOfSafetensors(mutant);
	judged[fault ?? "right"] = (judged[fault ?? "right"] ?? 0) + 1;
	if (found instanceof Error || (found === undefined) !== (fault !== undefined)) {
		const reading = found instanceof Error ? found.message : found === undefined ? "refused" : "read";
		problems.push(`${number}: ${fault ?? "right"}, ${reading}: ${Buffer.from(mutant).toString("hex")}`);
	} else if (found !== undefined) {
		const written = rewritten(found);
		if (!Buffer.from(rewritten(readSafetensors(written))).equals(written)) {
			problems.push(`${number}: written again it differs: ${Buffer.from(mutant).toString("hex")}`);
		}
		if (corpus.length < 200 && number % 10 === 0 && canBeBroken(found)) corpus.push(mutant);
	}
	if (number === Math.floor(files / 10)) settled = resident();
}
const growth = (resident() - settled) / 1e6;

process.stdout.write(
	table([
		["changed files", String(files)],
		...Object.entries(judged)
			.sort(([a], [b]) => a.localeCompare(b))
			.map(([fault, count]) => [`  ${fault}`, String(count)]),
		["longest ms", longest.toFixed(1)],
		["growth in MB", growth.toFixed(1)],
		["broken rules", String(problems.length)],
	]),
);
for (const problem of problems.slice(0, 10)) process.stderr.write(`${problem}\n`);
if (problems.length > 0 || longest > limit || growth >= 50) process.exitCode = 1;

/** The file; undefined when it is refused as malformed, what was thrown otherwise. */
function read(bytes: Uint8Array): SafetensorsFile | undefined | Error {
	try {
		return readSafetensors(bytes);
	} catch (error) {
		if (error instanceof FlSimError && error.code === "FL_WIRE_FORMAT") return undefined;
		return error instanceof Error ? error : new Error(String(error));
	}
}

function rewritten({ tensors, metadata }: SafetensorsFile): Uint8Array {
	return writeSafetensors([...tensors.values()], metadata);
}

/** Overlaps and holes need two tensors that are not empty. */
function canBeBroken({ tensors }: SafetensorsFile): boolean {
	return [...tensors.values()].filter(({ data }) => data.length > 0).length > 1;
}

function resident(): number {
	globalThis.gc?.();
	return process.memoryUsage().rss;
}
