// Whole commands that play rounds of FedAvg on MNIST, start and loading included: ours, a bare loop of PyTorch, and other
// simulators, in turn. Ratios are theirs to ours: of the medians, with the range over the repetitions.
// Usage: node bench/src/peers-rounds.ts [--case NAME]... [--peer NAME]... [--repeats NUMBER] [--rounds NUMBER]
//        [--mnist FOLDER] [--backend NAME] [--python PATH]
// Without --mnist, pictures of the same shape are generated.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chosenItems, wholeNumber } from "./flag-values.ts";
import { writeGeneratedMnist } from "./generated-mnist.ts";
import { type CommandTime, measureCommand } from "./measured-command.ts";
import { median } from "./median.ts";
import { missingModules, peerFile, pythonPath, whyMissing } from "./peer-python.ts";
import { ratioCells } from "./ratio.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

/** Field names as in `bench/peers/federated.py`. */
interface Task {
	readonly model: string;
	readonly clients: number;
	readonly clientsPerRound: number;
	readonly batchSize: number;
	readonly localEpochs: number;
	readonly learningRate: number;
	readonly rounds: number;
	readonly evaluateEvery: number;
	readonly seed: number;
}

interface Contender {
	readonly name: string;
	/** Python modules that it needs. */
	readonly modules: readonly string[];
	readonly command: (task: Task) => string[];
}

const common = { clientsPerRound: 10, batchSize: 10, localEpochs: 1, seed: 1 };
const tasks: Readonly<Record<string, Task>> = {
	/** Task LR_MNIST of FLUTE's published comparison. */
	"lr-mnist": {
		...common,
		model: "softmax",
		clients: 1000,
		learningRate: 0.03,
		rounds: 100,
		evaluateEvery: 20,
	},
	lenet5: { ...common, model: "lenet5", clients: 100, learningRate: 0.05, rounds: 10, evaluateEvery: 5 },
	"mcmahan-cnn": {
		...common,
		model: "mcmahan-cnn",
		clients: 100,
		learningRate: 0.05,
		rounds: 2,
		evaluateEvery: 2,
	},
};
/** Accuracies that lie further apart than this are no equal set-ups. */
const largestSpread = 0.03;

const { values: flags } = parseArgs({
	options: {
		case: { type: "string", multiple: true },
		peer: { type: "string", multiple: true },
		repeats: { type: "string", default: "5" },
		rounds: { type: "string" },
		mnist: { type: "string" },
		backend: { type: "string", default: "auto" },
		python: { type: "string" },
	},
});
const repeats = wholeNumber("repeats", flags.repeats, 1);
const python = pythonPath(flags.python);
/** Needs no module, so any interpreter can measure. */
const measuring = missingModules(python, []) === undefined ? "python3" : python;
if (missingModules(measuring, []) === undefined)
	throw new Error("measuring whole commands needs Python: install python3");

const folder = await mkdtemp(join(tmpdir(), "fl-sim-peers-"));
try {
	const data = flags.mnist === undefined ? join(folder, "data") : resolve(flags.mnist);
	if (flags.mnist === undefined) await writeGeneratedMnist(data);
	const contenders = chosenItems("peer", flags.peer, allContenders(data), ({ name }) => name).filter(
		isInstalled,
	);
	if (contenders.length === 0) throw new Error("none of the chosen peers can run");
	for (const [name, task] of chosenItems("case", flags.case, Object.entries(tasks), ([name]) => name)) {
		const rounds = flags.rounds === undefined ? task.rounds : wholeNumber("rounds", flags.rounds, 1);
		measureTask(name, { ...task, rounds }, contenders);
	}
} finally {
	await rm(folder, { recursive: true, force: true });
}

/** The first one is what the others are compared with. */
function allContenders(data: string): Contender[] {
	const peer = (name: string, modules: readonly string[]): Contender => ({
		name,
		modules: ["torch", ...modules],
		command: (task) => [python, peerFile(`${name}_rounds.py`), JSON.stringify({ ...task, data })],
	});
	return [
		{ name: "fl-sim", modules: [], command: (task) => ourCommand(task, data) },
		{ name: "fl-sim-1", modules: [], command: (task) => [...ourCommand(task, data), "--workers=1"] },
		peer("torch", []),
		peer("pfl", ["pfl"]),
		peer("fedlab", ["fedlab"]),
		peer("flower", ["flwr", "ray"]),
	];
}

function ourCommand(task: Task, data: string): string[] {
	const settings = {
		"dataset.path": data,
		"model.name": task.model,
		"clients.number": task.clients,
		"clients.perRound": task.clientsPerRound,
		"clients.batchSize": task.batchSize,
		"clients.localEpochs": task.localEpochs,
		"clients.learningRate": task.learningRate,
		rounds: task.rounds,
		"evaluation.every": task.evaluateEvery,
		seed: task.seed,
		backend: flags.backend,
		"output.folder": join(folder, "runs"),
	};
	return [
		process.execPath,
		scenarioFile("../../packages/cli/src/main.ts"),
		"run",
		scenarioFile("scenarios/peers.yaml"),
		"--json",
		...Object.entries(settings).map(([field, value]) => `--set=${field}=${value}`),
	];
}

function isInstalled({ name, modules }: Contender): boolean {
	const reason = modules.length === 0 ? undefined : whyMissing(python, modules);
	if (reason !== undefined) process.stdout.write(`${name} is left out: ${reason}\n`);
	return reason === undefined;
}

function measureTask(name: string, task: Task, contenders: readonly Contender[]): void {
	const measured = contenders.map((contender) => ({ contender, times: [] as CommandTime[] }));
	for (let repetition = 0; repetition < repeats; repetition++) {
		for (const { contender, times } of measured)
			times.push(measureCommand(measuring, contender.command(task)));
	}
	const ours = measured[0]?.times ?? [];
	const rows = measured.map(({ contender, times }) => [
		contender.name,
		...columns("wall", times, ours),
		...columns("cpu", times, ours),
		median(times.map(({ accuracy }) => accuracy)).toFixed(3),
	]);
	const title = ["", "wall s", "ratio", "range", "CPU s", "ratio", "range", "accuracy"];
	process.stdout.write(
		`\n${name}: ${task.model}, ${task.clients} clients, ${task.clientsPerRound} per round, ${task.rounds} rounds; medians of ${repeats} runs\n${table([title, ...rows])}`,
	);
	const accuracies = measured.flatMap(({ times }) => times.map(({ accuracy }) => accuracy));
	if (!(Math.max(...accuracies) - Math.min(...accuracies) <= largestSpread)) {
		process.stdout.write(`The accuracies lie more than ${largestSpread} apart: the set-ups are not equal.\n`);
	}
}

function columns(
	quantity: "wall" | "cpu",
	times: readonly CommandTime[],
	ours: readonly CommandTime[],
): string[] {
	const values = times.map((time) => time[quantity]);
	const references = ours.map((time) => time[quantity]);
	return [median(values).toFixed(2), ...ratioCells(values, references)];
}
