import { createHistogram } from "node:perf_hooks";
import { randomStream } from "@fl-sim/core";
import { attackWorld, repeatScripts, type Script, type SentFrame } from "@fl-sim/testkit/fuzz";
import { Coverage } from "./coverage.ts";
import { openWorld, type Side, writeFinding } from "./finding.ts";
import { startWatchdog } from "./watchdog.ts";

export interface AttackSettings {
	readonly side: Side;
	readonly seed: string;
	readonly mutants: number;
	readonly grammar: number;
	/** Where findings are written to. */
	readonly folder: string;
}

/** What an attack came to; sizes in bytes, times in milliseconds. */
export interface AttackResult {
	readonly mutants: number;
	readonly grammar: number;
	/** Frames of the grammar by their names. */
	readonly kinds: Readonly<Record<string, number>>;
	/** Frames after which the connection ended, by close code and error; the others left it open. */
	readonly ends: Readonly<Record<string, number>>;
	readonly seconds: number;
	/** Of the frames that were not guided. */
	readonly longest: number;
	readonly percentile999: number;
	/** Frames over the limit by the clock, and those that were so by their work each time when repeated. */
	readonly slow: number;
	readonly slowAgain: number;
	readonly resident: number;
	readonly mostResident: number;
	readonly corpus: number;
	readonly functions: number;
	readonly share: number;
	readonly findings: readonly string[];
}

/** Milliseconds that a frame may take. */
export const frameLimit = 50;
const connections = 64;
/** Frames after which the process has all the memory that it needs. */
const warmUp = 20_000;
const largestCorpus = 400;
/** Share of the changed frames that is guided: counting blocks slows everything down. */
const guidedShare = 0.1;

export async function attackSide(settings: AttackSettings): Promise<AttackResult> {
	const { side, seed, folder } = settings;
	const coverage = new Coverage();
	const watchdog = startWatchdog(`${folder}/fuzz-${side}-${seed}-hang.txt`);
	const times = createHistogram();
	const corpus: Script[] = [];
	const findings: string[] = [];
	const ends: Record<string, number> = {};
	const kinds: Record<string, number> = {};
	const sent = { mutants: 0, grammar: 0 };
	const slow = { first: 0, again: 0 };
	const memory = { settled: 0, most: 0 };
	let scripts: readonly Script[] = [];
	let number = 0;
	let isGuided = true;
	const find = (problem: unknown): void => {
		findings.push(`world ${number}: ${String(problem)}`);
		const file = writeFinding(folder, { side, seed, world: number, problem: String(problem), scripts });
		process.stderr.write(`${side}: ${String(problem)}, written to ${file}\n`);
	};
	process.on("uncaughtException", find);
	process.on("unhandledRejection", find);
	await coverage.start();
	const begun = performance.now();

	async function attack(source: "mutants" | "grammar"): Promise<void> {
		const world = openWorld(side, number);
		const late: (readonly [script: number, step: number])[] = [];
		const onFrame = (result: SentFrame, _: Uint8Array, kind: string | undefined): void => {
			if (!isGuided) times.record(Math.max(1, Math.round(1e6 * result.took.milliseconds)));
			sent[source] += 1;
			if (kind !== undefined) kinds[kind] = (kinds[kind] ?? 0) + 1;
			const end =
				result.closeCode === undefined ? "open" : `${result.closeCode} ${result.error ?? ""}`.trim();
			ends[end] = (ends[end] ?? 0) + 1;
			if (result.took.milliseconds > frameLimit)
				late.push([scripts.length - 1, (scripts.at(-1)?.length ?? 0) - 1]);
		};
		const sending = (frame: Uint8Array, growing: readonly Script[]): void => {
			scripts = growing;
			watchdog.sending(frame);
		};
		try {
			const random = randomStream(seed, side, source, number);
			await attackWorld(world, { random, source, corpus, connections, sending, onFrame });
		} catch (problem) {
			find(problem);
		}
		await world.close();
		const before = coverage.snapshot();
		if (isGuided && (await coverage.take()) && corpus.length < largestCorpus) await keepNew(before);
		if (isGuided && (late.length > 0 || sent.mutants >= guidedShare * settings.mutants))
			await coverage.pause();
		slow.first += late.length;
		for (const place of late) {
			if ((await fastest(place)) <= frameLimit) continue;
			slow.again += 1;
			find(
				`a frame keeps a processor busy for more than ${frameLimit} ms each time: script ${place[0]}, step ${place[1]}`,
			);
		}
		if (sent.mutants >= guidedShare * settings.mutants) isGuided = false;
		else if (late.length > 0) await coverage.resume();
		number += 1;
		if (number % 20 === 0) measureMemory();
	}

	/** The shortest time that a frame keeps a processor busy when everything is done again. */
	async function fastest(place: readonly [script: number, step: number]): Promise<number> {
		let least = Number.POSITIVE_INFINITY;
		for (let time = 0; time < 3; time++) {
			const world = openWorld(side, number);
			const onFrame = ({ took }: SentFrame, script: number, step: number): void => {
				if (script === place[0] && step === place[1]) least = Math.min(least, took.busyMilliseconds);
			};
			await repeatScripts(world, scripts, { onFrame }).catch(() => undefined);
			await world.close();
		}
		return least;
	}

	/** Does everything again to see which scripts reach what the others do not. */
	async function keepNew(before: ReturnType<Coverage["snapshot"]>): Promise<void> {
		const world = openWorld(side, number);
		const played = scripts;
		await coverage.restore(before);
		const ended = async (script: number): Promise<void> => {
			if ((await coverage.take()) && corpus.length < largestCorpus) corpus.push(played[script] as Script);
		};
		await repeatScripts(world, played, { ended }).catch(() => undefined);
		await world.close();
	}

	function measureMemory(): void {
		globalThis.gc?.();
		const { rss } = process.memoryUsage();
		if (sent.mutants + sent.grammar < Math.min(warmUp, settings.mutants / 4)) memory.settled = rss;
		memory.most = Math.max(memory.most, rss);
	}

	while (sent.mutants < settings.mutants && findings.length < 10) {
		await attack("mutants");
		if (number % 200 === 0) process.stderr.write(`${side}: ${sent.mutants} mutants, ${corpus.length} kept\n`);
	}
	while (sent.grammar < settings.grammar && findings.length < 10) await attack("grammar");
	measureMemory();
	await coverage.stop();
	return {
		...sent,
		kinds,
		ends,
		seconds: (performance.now() - begun) / 1000,
		longest: times.max / 1e6,
		percentile999: times.percentile(99.9) / 1e6,
		slow: slow.first,
		slowAgain: slow.again,
		resident: memory.settled,
		mostResident: memory.most,
		corpus: corpus.length,
		...coverage.summary,
		findings,
	};
}
