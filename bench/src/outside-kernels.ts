// Share of the time of rounds that is spent outside TensorFlow.js kernels, and what it is spent on. Clients are
// played in this thread (0 workers); evaluations and checkpoints are left out.
// Usage: node bench/src/outside-kernels.ts [--functions NUMBER]
import { parseArgs } from "node:util";
import { openBackend } from "@fl-sim/compute";
import { type KernelClock, startKernelClock } from "./kernel-clock.ts";
import { startProfile } from "./profile-groups.ts";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import { percent, table } from "./table.ts";

interface Case {
	readonly title: string;
	readonly file: string;
	readonly rounds: number;
}

const cases: readonly Case[] = [
	{ title: "noniid, LeNet-5", file: scenarioFile("../../scenarios/noniid.yaml"), rounds: 6 },
	{ title: "softmax, 1,000 clients", file: scenarioFile("scenarios/softmax-1000.yaml"), rounds: 200 },
];

interface Observer {
	/** Before the first round, after the backend was opened. */
	onStart(): void;
	onEnd(): void;
}

/** Plays rounds without evaluations between them; returns milliseconds per round, on the clock and of CPU time. */
async function playRounds({ file, rounds }: Case, observer?: Observer) {
	const set = [`rounds=${rounds}`, "evaluation.every=100000", "evaluation.clients=0"];
	let start = 0;
	let end = 0;
	let startCpu = process.cpuUsage();
	let cpu = startCpu;
	await runScenario({ file, set: [...set, "output.checkpointEvery=100000"], workers: 0 }, (event) => {
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

async function measure(one: Case): Promise<void> {
	const backend = await openBackend("wasm");
	await playRounds(one); // warms up the compiler
	const plain = await playRounds(one);

	let stopProfile: ReturnType<typeof startProfile> | undefined;
	let profile: ReturnType<ReturnType<typeof startProfile>> = [];
	await playRounds(one, {
		onStart: () => (stopProfile = startProfile()),
		onEnd: () => (profile = stopProfile?.() ?? []),
	});

	let clock: KernelClock | undefined;
	let inKernels = 0;
	const timed = await playRounds(one, {
		onStart: () => (clock = startKernelClock(backend)),
		onEnd: () => (inKernels = (clock?.milliseconds() ?? 0) / one.rounds),
	});
	// The stopwatches cost time, too, nearly all of it outside the kernels.
	const outside = 1 - inKernels / timed.milliseconds;
	process.stdout.write(
		`${one.title}: ${plain.milliseconds.toFixed(1)} ms per round (${plain.cpu.toFixed(1)} ms of CPU time), ` +
			`${timed.milliseconds.toFixed(1)} ms with a stopwatch around every kernel\n` +
			`Outside kernels: ${percent(outside)}\n\n`,
	);
	const kernels = [...(clock?.times ?? [])]
		.filter(([, { calls }]) => calls > 0)
		.sort(([, a], [, b]) => b.milliseconds - a.milliseconds)
		.map(([name, { calls, milliseconds }]) => [
			name,
			(calls / one.rounds).toFixed(0),
			(milliseconds / one.rounds).toFixed(2),
			percent(milliseconds / one.rounds / timed.milliseconds),
		]);
	process.stdout.write(`${table([["kernel", "calls/round", "ms/round", "share"], ...kernels])}\n`);
	const groups = profile.flatMap(({ group, share, functions }) => [
		[group, percent(share)],
		...functions.slice(0, numFunctions).map(([name, part]) => [`  ${name}`, percent(part)]),
	]);
	process.stdout.write(`${table([["where, by the profiler", "share"], ...groups])}\n`);
}

const { values: flags } = parseArgs({ options: { functions: { type: "string", default: "0" } } });
const numFunctions = Number(flags.functions);
for (const one of cases) await measure(one);
