// Attacks the sessions of a server and of a client, each in a process of its own, with changed frames, guided by the code
// that they reach, and with frames of a grammar. Ends with exit code 1 when a rule did not hold.
// Usage: node bench/src/fuzz-protocol.ts [--frames NUMBER] [--grammar NUMBER] [--seed SEED] [--out FOLDER]
//        node bench/src/fuzz-protocol.ts --repeat FILE
import { fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { repeatScripts } from "@fl-sim/testkit/fuzz";
import { wholeNumber } from "./flag-values.ts";
import { type AttackResult, attackSide, frameLimit } from "./fuzz/attack-side.ts";
import { openWorld, readFinding, type Side, sides } from "./fuzz/finding.ts";
import { percent, table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		frames: { type: "string", default: "1000000" },
		grammar: { type: "string", default: "10000" },
		seed: { type: "string", default: "1" },
		out: { type: "string", default: "." },
		repeat: { type: "string" },
		side: { type: "string" },
	},
});
const mostGrowth = 50 * 1e6;
const perSide = (flag: string, text: string): number => Math.ceil(wholeNumber(flag, text, 2) / sides.length);
const mutants = perSide("frames", flags.frames);
const grammar = perSide("grammar", flags.grammar);

if (flags.repeat !== undefined) await repeat(flags.repeat);
else if (flags.side !== undefined) await attack(flags.side as Side);
else await attackBoth();

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

async function attack(side: Side): Promise<void> {
	// Most frames end in an error; where each was made is found by repeating it.
	Error.stackTraceLimit = 1;
	const result = await attackSide({ side, seed: flags.seed, mutants, grammar, folder: flags.out });
	process.send?.(result, () => process.exit(0));
}

async function attackBoth(): Promise<void> {
	const results = await Promise.all(sides.map((side) => resultOf(side)));
	const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
	const row = (title: string, cell: (result: AttackResult) => string): string[] => [
		title,
		...results.map(cell),
	];
	const names = (record: (result: AttackResult) => Readonly<Record<string, number>>): string[] =>
		[...new Set(results.flatMap((result) => Object.keys(record(result))))].sort();
	process.stdout.write(
		table([
			["attacked", ...sides],
			row("changed frames", ({ mutants }) => String(mutants)),
			row("frames of the grammar", ({ grammar }) => String(grammar)),
			...names(({ kinds }) => kinds).map((name) => row(`  ${name}`, ({ kinds }) => String(kinds[name] ?? 0))),
			row("seconds", ({ seconds }) => seconds.toFixed(0)),
			row("longest frame ms", ({ longest }) => longest.toFixed(1)),
			row("99.9th percentile ms", ({ percentile999 }) => percentile999.toFixed(2)),
			row(`over ${frameLimit} ms by the clock`, ({ slow }) => String(slow)),
			row("of these by their own work", ({ slowAgain }) => String(slowAgain)),
			row("resident MiB when warm", ({ resident }) => mebibytes(resident)),
			row("at most", ({ mostResident }) => mebibytes(mostResident)),
			row("functions reached", ({ functions }) => String(functions)),
			row("of their characters", ({ share }) => percent(share)),
			row("scripts kept", ({ corpus }) => String(corpus)),
			...names(({ ends }) => ends).map((name) => row(`ended ${name}`, ({ ends }) => String(ends[name] ?? 0))),
			row("broken rules", ({ findings }) => String(findings.length)),
		]),
	);
	for (const { resident, mostResident, findings } of results) {
		if (findings.length > 0 || mostResident - resident >= mostGrowth) process.exitCode = 1;
	}
}

async function resultOf(side: Side): Promise<AttackResult> {
	const child = fork(import.meta.filename, [...process.argv.slice(2), "--side", side], {
		execArgv: ["--expose-gc"],
	});
	let result: AttackResult | undefined;
	child.on("message", (message) => {
		result = message as AttackResult;
	});
	const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
	if (result === undefined) throw new Error(`the attack on the ${side} ended with ${signal ?? code}`);
	return result;
}
