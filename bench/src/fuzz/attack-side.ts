import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { repeatScripts, type Script, type SentFrame } from "@fl-sim/testkit/fuzz";
import { Attacker, type AttackSettings } from "./attacker.ts";
import { openWorld } from "./finding.ts";

/** What an attack came to; sizes in bytes, times in milliseconds. */
export interface AttackResult extends Pick<Attacker, "sent" | "kinds" | "ends" | "findings"> {
	readonly seconds: number;
	/** Of frames: how long they took by the clock, and kept processors busy. */
	readonly clock: Times;
	readonly work: Times;
	/** Frames over the limit by the clock, by their work, and by their work each time when repeated. */
	readonly slow: { readonly byClock: number; readonly byWork: number; readonly again: number };
	/** Resident memory when warm, at most later, and in the end. */
	readonly warm: number;
	readonly most: number;
	readonly end: number;
}

interface Times {
	readonly longest: number;
	readonly percentile999: number;
}

/** Milliseconds that a frame may take. */
export const frameLimit = 50;
/** Frames after which the process has all the memory that it needs. */
const warmUp = 20_000;
const worldsBetweenMeasurements = 20;

/** Sends frames made of the corpus, and frames of the grammar. */
export async function attackSide(settings: AttackSettings, corpus: readonly Script[]): Promise<AttackResult> {
	const attacker = new Attacker(settings);
	const clock = createHistogram();
	const work = createHistogram();
	const slow = { byClock: 0, byWork: 0, again: 0 };
	const memory = { warm: 0, most: 0, end: 0 };
	const begun = performance.now();

	async function attack(source: "mutants" | "grammar"): Promise<void> {
		const late: Place[] = [];
		await attacker.attack(source, corpus, ({ took }, script, step) => {
			record(clock, took.milliseconds);
			record(work, took.busyMilliseconds);
			if (took.milliseconds > frameLimit) slow.byClock += 1;
			if (took.busyMilliseconds > frameLimit) late.push({ script, step });
		});
		slow.byWork += late.length;
		for (const place of late) {
			if ((await leastWork(place)) <= frameLimit) continue;
			slow.again += 1;
			attacker.find(
				`script ${place.script}, step ${place.step}: more than ${frameLimit} ms of work each time`,
			);
		}
		if (attacker.world % worldsBetweenMeasurements === 0) measureMemory();
	}

	/** The least work of a frame when everything is done again, three times. */
	async function leastWork(place: Place): Promise<number> {
		const found: number[] = [];
		const onFrame = ({ took }: SentFrame, script: number, step: number): void => {
			if (script === place.script && step === place.step) found.push(took.busyMilliseconds);
		};
		for (let time = 0; time < 3; time++) {
			const world = openWorld(settings.side, attacker.world);
			await repeatScripts(world, attacker.scripts, { onFrame }).catch(() => undefined);
			await world.close();
		}
		return Math.min(...found);
	}

	function measureMemory(): void {
		globalThis.gc?.();
		memory.end = process.memoryUsage().rss;
		if (attacker.sent.mutants < Math.min(warmUp, settings.mutants / 4)) memory.warm = memory.end;
		else memory.most = Math.max(memory.most, memory.end);
	}

	while (attacker.sent.mutants < settings.mutants && !attacker.isDone) {
		await attack("mutants");
		if (attacker.world % 500 === 0)
			process.stderr.write(`${settings.side}: ${attacker.sent.mutants} frames\n`);
	}
	while (attacker.sent.grammar < settings.grammar && !attacker.isDone) await attack("grammar");
	measureMemory();
	const { sent, kinds, ends, findings } = attacker;
	const seconds = (performance.now() - begun) / 1000;
	return {
		sent,
		kinds,
		ends,
		findings,
		seconds,
		clock: timesOf(clock),
		work: timesOf(work),
		slow,
		...memory,
	};
}

interface Place {
	readonly script: number;
	readonly step: number;
}

function record(histogram: RecordableHistogram, milliseconds: number): void {
	histogram.record(Math.max(1, Math.round(1e6 * milliseconds)));
}

function timesOf(histogram: RecordableHistogram): Times {
	return { longest: histogram.max / 1e6, percentile999: histogram.percentile(99.9) / 1e6 };
}
