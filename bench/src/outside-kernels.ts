// Share of the time of rounds that is spent outside kernels, and what it is spent on, told by the sampling profiler.
// Clients are played in this thread (0 workers); evaluations and checkpoints are left out.
// Usage: node bench/src/outside-kernels.ts [--case NAME] [--backend NAME] [--functions NUMBER]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { kernelGroups, type ProfileShare, startProfile } from "./profile-groups.ts";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import { percent, table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		backend: { type: "string", default: "auto" },
		case: { type: "string" },
		functions: { type: "string", default: "0" },
		part: { type: "boolean", default: false },
	},
});

interface Case {
	readonly name: string;
	readonly file: string;
	readonly rounds: number;
	readonly set?: readonly string[];
}

const noniid = scenarioFile("../../scenarios/noniid.yaml");
const cases: readonly Case[] = [
	{ name: "lenet5", file: noniid, rounds: 30 },
	{ name: "softmax", file: scenarioFile("scenarios/softmax-1000.yaml"), rounds: 300 },
	{ name: "mcmahan-cnn", file: noniid, rounds: 4, set: ["model.name=mcmahan-cnn"] },
	{ name: "lenet5, 5 epochs", file: noniid, rounds: 8, set: ["clients.localEpochs=5"] },
	{
		name: "mcmahan-cnn, 5 epochs",
		file: noniid,
		rounds: 2,
		set: ["model.name=mcmahan-cnn", "clients.localEpochs=5"],
	},
];

interface Observer {
	/** When everything is loaded and the first round begins. */
	onStart(): void;
	onEnd(): void;
}

/** Plays rounds without evaluations between them. */
async function playRounds({ file, rounds, set = [] }: Case, observer?: Observer): Promise<void> {
	const fixed = [
		`rounds=${rounds}`,
		"evaluation.every=100000",
		"evaluation.clients=0",
		"output.checkpointEvery=100000",
		`backend=${flags.backend}`,
	];
	await runScenario({ file, set: [...fixed, ...set], workers: 0 }, (event) => {
		if (event.type === "round.started" && event.round === 1) {
			observer?.onStart();
		}
		if (event.type === "round.finished" && event.round === rounds) {
			observer?.onEnd();
		}
	});
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
	const inKernels = shares
		.filter(({ group }) => kernelGroups.includes(group))
		.reduce((sum, { share }) => sum + share, 0);
	const visible = shares.filter(({ share }) => share >= 0.0005);
	const lines = visible.flatMap(({ group, share, functions }) => [
		[group, percent(share)],
		...functions.slice(0, numFunctions).map(([name, part]) => [`  ${name}`, percent(part)]),
	]);
	process.stdout.write(
		`\n${table([[one.name, "share"], ["outside kernels", percent(1 - inKernels)], ...lines])}\n`,
	);
}

const chosen = cases.filter(({ name }) => name === (flags.case ?? name));
if (chosen.length === 0)
	throw new RangeError(`--case: found ${flags.case}, expected ${cases.map(({ name }) => name).join(", ")}`);

for (const one of chosen) {
	if (flags.part) await measureFunctions(one, Number(flags.functions));
	else startPart(one);
}

/** A process for each, since what the compiler has learnt from one run slows another one down. */
function startPart({ name }: Case): void {
	const { backend, functions } = flags;
	const compilerFlags = ["--no-turbo-inlining", "--no-maglev-inlining"];
	const program = [fileURLToPath(import.meta.url), "--part", "--case", name];
	const { status } = spawnSync(
		process.execPath,
		[...compilerFlags, ...program, "--backend", backend, "--functions", functions],
		{ stdio: "inherit" },
	);
	if (status !== 0) process.exitCode = 1;
}
