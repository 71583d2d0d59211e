// Attacks the sessions of a server and of a client with changed frames, made of those that reached new code, and with frames
// of a grammar. Ends with exit code 1 when a rule did not hold.
// Usage: node bench/src/fuzz-protocol.ts [--frames NUMBER] [--grammar NUMBER] [--seed SEED] [--out FOLDER] [--side SIDE]
//        node bench/src/fuzz-protocol.ts --repeat FILE
import { fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { repeatScripts, type Script } from "@fl-sim/testkit/fuzz";
import { chosenItems, wholeNumber } from "./flag-values.ts";
import { type AttackResult, attackSide, frameLimit } from "./fuzz/attack-side.ts";
import { openWorld, readFinding, type Side, sides } from "./fuzz/finding.ts";
import { type GuidedCorpus, gatherCorpus } from "./fuzz/guided-corpus.ts";
import { percent, table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		frames: { type: "string", default: "1000000" },
		grammar: { type: "string", default: "10000" },
		seed: { type: "string", default: "1" },
		out: { type: "string", default: "." },
		repeat: { type: "string" },
		side: { type: "string", multiple: true },
		// How it starts its own processes.
		part: { type: "string" },
	},
});
/** Share of the changed frames by which the code is explored. */
const guidedShare = 0.03;
const mostGrowth = 50 * 1e6;
const perSide = (flag: string, text: string): number => Math.ceil(wholeNumber(flag, text, 2) / sides.length);
const attacked = chosenItems("side", flags.side, sides, (side) => side);
const mutants = perSide("frames", flags.frames);
const grammar = perSide("grammar", flags.grammar);
const guided = Math.ceil(guidedShare * mutants);

if (flags.repeat !== undefined) await repeat(flags.repeat);
else if (flags.part !== undefined) await attack(flags.part, attacked[0] as Side);
else await attackAll();

/** Prints what comes of a finding now. */
async function repeat(file: string): Promise<void> {
	const { side, world: number, scripts, problem } = readFinding(file);
	process.stdout.write(`found: ${problem}\n`);
	const world = openWorld(side, number);
	try {
		await repeatScripts(world, scripts, {
			onFrame({ took }, script, step) {
				if (took.busyMilliseconds > frameLimit) {
					process.stdout.write(`script ${script}, step ${step}: ${took.busyMilliseconds.toFixed(0)} ms\n`);
				}
			},
		});
		process.stdout.write("no rule is broken\n");
	} finally {
		await world.close();
	}
}

/** A part of the attack in this process, for the one that started it. */
async function attack(part: string, side: Side): Promise<void> {
	// Most frames end in an error; where each was made is found by repeating it.
	Error.stackTraceLimit = 1;
	const settings = { side, seed: flags.seed, mutants, grammar, folder: flags.out };
	const answer = (result: GuidedCorpus | AttackResult): void => {
		process.send?.(result, () => process.exit(0));
	};
	if (part === "guided") answer(await gatherCorpus({ ...settings, mutants: guided }));
	else {
		process.once("message", (corpus) => {
			void attackSide({ ...settings, mutants: mutants - guided }, corpus as readonly Script[]).then(answer);
		});
	}
}

async function attackAll(): Promise<void> {
	const results = await Promise.all(
		attacked.map(async (side) => {
			const guided = (await partOf("guided", side)) as GuidedCorpus;
			return { guided, ...((await partOf("unguided", side, guided.corpus)) as AttackResult) };
		}),
	);
	type Result = (typeof results)[number];
	const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
	const row = (title: string, cell: (result: Result) => string | number): string[] => [
		title,
		...results.map((result) => String(cell(result))),
	];
	const rowsOf = (title: string, record: "kinds" | "ends"): string[][] =>
		[...new Set(results.flatMap((result) => Object.keys(result[record])))]
			.sort()
			.map((name) => row(title + name, (result) => result[record][name] ?? 0));
	process.stdout.write(
		table([
			["attacked", ...attacked],
			row("changed frames, guided", ({ guided }) => guided.mutants),
			row("functions reached", ({ guided }) => guided.functions),
			row("of their characters", ({ guided }) => percent(guided.share)),
			row("scripts kept", ({ guided }) => guided.corpus.length),
			row("changed frames, made of those", ({ sent }) => sent.mutants),
			row("frames of the grammar", ({ sent }) => sent.grammar),
			...rowsOf("  ", "kinds"),
			...rowsOf("then ", "ends"),
			row("seconds", ({ seconds }) => seconds.toFixed(0)),
			row("longest frame, ms of work", ({ work }) => work.longest.toFixed(1)),
			row("99.9th percentile", ({ work }) => work.percentile999.toFixed(2)),
			row("longest frame, ms by the clock", ({ clock }) => clock.longest.toFixed(1)),
			row("99.9th percentile", ({ clock }) => clock.percentile999.toFixed(2)),
			row(`over ${frameLimit} ms by the clock`, ({ slow }) => slow.byClock),
			row("of work", ({ slow }) => slow.byWork),
			row("of work, each time when repeated", ({ slow }) => slow.again),
			row("resident MiB when warm", ({ warm }) => mebibytes(warm)),
			row("at most", ({ most }) => mebibytes(most)),
			row("in the end", ({ end }) => mebibytes(end)),
			row("broken rules", ({ guided, findings }) => guided.findings.length + findings.length),
		]),
	);
	for (const { guided, findings, warm, most } of results) {
		if (guided.findings.length + findings.length > 0 || most - warm >= mostGrowth) process.exitCode = 1;
	}
}

/** Does one part in a process of its own, so that none is slower for what another did. */
async function partOf(part: string, side: Side, message?: readonly Script[]): Promise<unknown> {
	const { frames, grammar, seed, out } = flags;
	const same = ["--frames", frames, "--grammar", grammar, "--seed", seed, "--out", out];
	const child = fork(import.meta.filename, [...same, "--part", part, "--side", side], {
		execArgv: ["--expose-gc"],
		serialization: "advanced",
	});
	let result: unknown;
	child.on("message", (sent) => {
		result = sent;
	});
	if (message !== undefined) child.send(message);
	const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
	if (result === undefined) throw new Error(`the attack on the ${side} ended with ${signal ?? code}`);
	return result;
}
