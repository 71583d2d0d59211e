// Share of the time of rounds that is spent outside TensorFlow.js kernels, and what it is spent on. Clients are
// played in this thread (0 workers); evaluations and checkpoints are left out.
// Usage: node bench/src/outside-kernels.ts [--case NAME] [--functions NUMBER]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openBackend } from "@fl-sim/compute";
import { type KernelTime, startKernelClock } from "./kernel-clock.ts";
import { type ProfileShare, startProfile } from "./profile-groups.ts";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import { percent, table } from "./table.ts";

interface Case {
	readonly name: string;
	readonly file: string;
	readonly rounds: number;
	readonly set?: readonly string[];
}

const noniid = scenarioFile("../../scenarios/noniid.yaml");
const cases: readonly Case[] = [
	{ name: "lenet5", file: noniid, rounds: 8 },
	{ name: "softmax", file: scenarioFile("scenarios/softmax-1000.yaml"), rounds: 300 },
	{ name: "mcmahan-cnn", file: noniid, rounds: 1, set: ["model.name=mcmahan-cnn"] },
];

interface Observer {
	/** When the backend is open and the first round begins. */
	onStart(): void;
	onEnd(): void;
}

/** Plays rounds without evaluations between them; returns milliseconds per round, on the clock and of CPU time. */
async function playRounds({ file, rounds, set = [] }: Case, observer?: Observer) {
	const fixed = [
		`rounds=${rounds}`,
		"evaluation.every=100000",
		"evaluation.clients=0",
		"output.checkpointEvery=100000",
	];
	let start = 0;
	let end = 0;
	let startCpu = process.cpuUsage();
	let cpu = startCpu;
	await runScenario({ file, set: [...fixed, ...set], workers: 0 }, (event) => {
		if (event.type === "round.started" && event.round === 1) {
			observer?.onStart();
			startCpu = process.cpuUsage();
			start = performance.now();
		}
		if (event.type === "round.finished" && event.round === rounds) {
			end = performance.now();
			cpu = process.cpuUsage(startCpu);
			observer?.onEnd();
		}
	});
	return { milliseconds: (end - start) / rounds, cpu: (cpu.user + cpu.system) / 1000 / rounds };
}

/** Time in kernels, told by a stopwatch around each. */
async function measureKernels(one: Case): Promise<void> {
	const backend = await openBackend("wasm");
	await playRounds(one); // warms up the compiler
	const plain = await playRounds(one);
	let readClock: ReturnType<typeof startKernelClock> | undefined;
	let times: KernelTime[] = [];
	const timed = await playRounds(one, {
		onStart: () => (readClock = startKernelClock(backend)),
		onEnd: () => (times = readClock?.() ?? []),
	});
	const perRound = (time: number): number => time / one.rounds;
	const share = (time: number): string => percent(perRound(time) / timed.milliseconds);
	const inKernels = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
	const outside = timed.milliseconds * one.rounds - inKernels;
	process.stdout.write(
		`${one.name}: ${plain.cpu.toFixed(1)} ms of CPU time per round, ${timed.cpu.toFixed(1)} ms with stopwatches\n` +
			table([
				["kernel", "calls/round", "ms/round", "share"],
				...times.map(({ kernel, calls, milliseconds }) => [
					kernel,
					perRound(calls).toFixed(0),
					perRound(milliseconds).toFixed(2),
					share(milliseconds),
				]),
				["outside kernels", "", perRound(outside).toFixed(2), share(outside)],
			]),
	);
}

/** Where the time goes, told by the sampling profiler. Needs code that is not inlined, which it would miss. */
async function measureFunctions(one: Case, numFunctions: number): Promise<void> {
	await playRounds(one);
	let endProfile: ReturnType<typeof startProfile> | undefined;
	let shares: ProfileShare[] = [];
	await playRounds(one, {
		onStart: () => (endProfile = startProfile()),
		onEnd: () => (shares = endProfile?.() ?? []),
	});
	const visible = shares.filter(({ share }) => share >= 0.0005);
	const lines = visible.flatMap(({ group, share, functions }) => [
		[group, percent(share)],
		...functions.slice(0, numFunctions).map(([name, part]) => [`  ${name}`, percent(part)]),
	]);
	process.stdout.write(`\n${table([[`${one.name}, by the profiler`, "share"], ...lines])}\n`);
}

const { values: flags } = parseArgs({
	options: {
		case: { type: "string" },
		functions: { type: "string", default: "0" },
		part: { type: "string" },
	},
});
const chosen = cases.filter(({ name }) => name === (flags.case ?? name));
if (chosen.length === 0)
	throw new RangeError(`--case: found ${flags.case}, expected ${cases.map(({ name }) => name).join(", ")}`);

for (const one of chosen) {
	if (flags.part === "kernels") await measureKernels(one);
	else if (flags.part === "functions") await measureFunctions(one, Number(flags.functions));
	else {
		// A process for each, since what the compiler has learnt from one run slows another one down.
		startPart(one, "kernels", []);
		startPart(one, "functions", ["--no-turbo-inlining", "--no-maglev-inlining"]);
	}
}

function startPart({ name }: Case, part: string, compilerFlags: readonly string[]): void {
	const program = [fileURLToPath(import.meta.url), "--case", name, "--part", part];
	const { status } = spawnSync(
		process.execPath,
		[...compilerFlags, ...program, "--functions", flags.functions],
		{ stdio: "inherit" },
	);
	if (status !== 0) process.exitCode = 1;
}
