import { availableParallelism, cpus, totalmem } from "node:os";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { allBackends, type BackendName, openBackend, timeTraining } from "@fl-sim/compute";
import { FlSimError } from "@fl-sim/core";
import Table from "cli-table3";
import type { Argv } from "yargs";

/** Seconds of training on each backend. */
const secondsEach = 0.5;

/** What each backend is for, and how many clients it trains at a time. */
const traits: Readonly<Record<BackendName, readonly string[]>> = {
	onnxruntime: ["Compiled steps, products by ONNX Runtime", "One client per worker thread"],
	wasm: ["Compiled steps, the same bits everywhere", "One client per worker thread"],
	tensorflow: ["TensorFlow's own library (Node 22, a download)", "One client at a time, in its own threads"],
	"tensorflow-gpu": ["TensorFlow's library for graphics cards", "One client at a time, on the card"],
	cpu: ["Plain JavaScript, to check the others against", "One client per worker thread"],
};

/** A backend as it was found. */
interface Finding {
	readonly name: BackendName;
	readonly version: string | null;
	/** Why it is not usable. */
	readonly reason: string | null;
	readonly fix: string | null;
	readonly stepsPerSecond: number | null;
}

/** `fl-sim doctor`: what this machine can compute with, and how fast. */
export const command: CliCommand = {
	usage: "doctor",
	describe: "Tell which backends work here, why others do not, and how fast they are",
	configure(parser: Argv): Argv {
		return parser
			.option("json", { type: "boolean", default: false, describe: "Print the findings as JSON" })
			.example("$0 doctor", "A table for people")
			.example("$0 doctor --json", "For a program");
	},
	async run(args: Arguments): Promise<number> {
		const findings: Finding[] = [];
		for (const name of allBackends) findings.push(await examine(name));
		process.stdout.write(
			args["json"] === true ? `${JSON.stringify(findings, null, "\t")}\n` : textOf(findings),
		);
		return findings.some(({ reason }) => reason === null) ? 0 : 1;
	},
};

async function examine(name: BackendName): Promise<Finding> {
	try {
		const backend = await openBackend(name);
		const { stepsPerSecond } = await timeTraining(backend, secondsEach);
		return { name, version: backend.version, reason: null, fix: null, stepsPerSecond };
	} catch (thrown) {
		if (!(thrown instanceof FlSimError)) throw thrown;
		return { name, version: null, reason: thrown.message, fix: thrown.fix ?? null, stepsPerSecond: null };
	}
}

function textOf(findings: readonly Finding[]): string {
	const chosen = findings.find(({ reason }) => reason === null);
	const table = new Table({
		head: ["Backend", "Version", "Steps/s", "What it is"],
		colAligns: ["left", "left", "right", "left"],
		style: { head: [], border: [] },
	});
	for (const { name, version, stepsPerSecond } of findings) {
		const speed = stepsPerSecond === null ? "" : rounded(stepsPerSecond);
		table.push([
			name === chosen?.name ? `${name} (auto)` : name,
			version ?? "not usable",
			speed,
			traits[name].join("\n"),
		]);
	}
	const problems = findings.flatMap(({ name, reason, fix }) =>
		reason === null ? [] : [`${name}: ${reason}`, ...(fix === null ? [] : [`  ${fix}`])],
	);
	const memory = (totalmem() / 2 ** 30).toFixed(1);
	return [
		`Node ${process.version}, ${process.platform} ${process.arch}`,
		`${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} threads, ${memory} GiB of memory`,
		"",
		table.toString(),
		`Steps/s: LeNet-5, batches of 10, one thread, measured for ${secondsEach} s each.`,
		...(problems.length === 0 ? [] : ["", ...problems]),
		"",
	].join("\n");
}

function rounded(value: number): string {
	return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}
