import type { RandomStream } from "@fl-sim/core";
import { type FrameDraw, grammarFrames } from "./grammar-frames.ts";
import { mutateFrame } from "./mutate-frame.ts";
import { chance, pick } from "./odd-values.ts";
import type { FuzzConnection, FuzzWorld, SentFrame } from "./world.ts";

/** What an attacker did on one connection: frames, and steps at which it sent what an honest peer would. */
export type Script = readonly (Uint8Array | "honest")[];

export interface PlaySettings {
	readonly random: RandomStream;
	/** Where frames come from: changed ones, or those of the grammar. */
	readonly source: "mutants" | "grammar";
	/** Scripts to begin with, and to take frames from. */
	readonly corpus: readonly Script[];
	readonly connections: number;
	/** Told of all scripts as they grow, before each frame of the attacker's own. */
	sending?(frame: Uint8Array, scripts: readonly Script[]): void;
	/** Told of each frame of the attacker's own; `kind` is its name in the grammar. */
	onFrame?(sent: SentFrame, frame: Uint8Array, kind: string | undefined): void;
}

/** An attacker's frames on one connection at most. */
const mostFrames = 8;
const honestBetween = 0.35;
/** Connections after which the honest peer is served. */
const servedAfter = 32;

/** Attacks a world on a number of connections; returns what was done on each, to be done again. @throws FuzzFinding */
export async function attackWorld(world: FuzzWorld, settings: PlaySettings): Promise<Script[]> {
	const { random, corpus } = settings;
	const scripts: Script[] = [];
	for (let number = 1; number <= settings.connections; number++) {
		const script: (Uint8Array | "honest")[] = [];
		scripts.push(script);
		const connection = await world.connect();
		const known = corpus.length > 0 && chance(random, 0.4) ? pick(random, corpus) : undefined;
		const beginning = known?.slice(0, random.integer(known.length + 1));
		await follow(connection, beginning ?? honestSteps(numBefore(random)), script);
		const frames = 1 + random.integer(mostFrames);
		for (let sent = 0; sent < frames && connection.isOpen; ) {
			if (chance(random, honestBetween)) await follow(connection, ["honest"], script);
			else {
				const { frame, kind } = nextFrame(world, connection, settings);
				script.push(frame);
				sent += 1;
				settings.sending?.(frame, scripts);
				settings.onFrame?.(await connection.send(frame), frame, kind);
			}
		}
		await connection.end();
		if (number % servedAfter === 0) await world.serveHonestly();
	}
	await world.serveHonestly();
	return scripts;
}

export interface RepeatSettings {
	/** Told of each frame of the attacker's own, with its place. */
	onFrame?(sent: SentFrame, script: number, step: number): void;
	/** Told of each script when it was played. */
	ended?(script: number): Promise<void>;
}

/** Does again what was done before. @throws FuzzFinding */
export async function repeatScripts(
	world: FuzzWorld,
	scripts: readonly Script[],
	settings: RepeatSettings = {},
): Promise<void> {
	for (const [number, script] of scripts.entries()) {
		const connection = await world.connect();
		for (const [step, each] of script.entries()) {
			if (!connection.isOpen) break;
			if (each === "honest") await connection.sendHonestly();
			else settings.onFrame?.(await connection.send(each), number, step);
		}
		await connection.end();
		await settings.ended?.(number);
		if ((number + 1) % servedAfter === 0) await world.serveHonestly();
	}
	await world.serveHonestly();
}

/** Mostly few, since each costs as much as a frame of the attacker: at the hello, at work, behind it. */
function numBefore(random: RandomStream): number {
	return random.integer(pick(random, [1, 1, 3, 5, 5, 14]));
}

function honestSteps(number: number): Script {
	return Array.from({ length: number }, () => "honest" as const);
}

async function follow(
	connection: FuzzConnection,
	steps: Script,
	script: (Uint8Array | "honest")[],
): Promise<void> {
	for (const step of steps) {
		if (!connection.isOpen) return;
		script.push(step);
		if (step === "honest") await connection.sendHonestly();
		else await connection.send(step);
	}
}

function nextFrame(
	world: FuzzWorld,
	connection: FuzzConnection,
	{ random, corpus, source }: PlaySettings,
): { readonly frame: Uint8Array; readonly kind: string | undefined } {
	const { grammar, limits } = world;
	const honest = connection.honest();
	const draw: FrameDraw = { random, grammar, honest, limits };
	if (source === "grammar") {
		const kind = pick(random, Object.keys(grammarFrames));
		return { frame: (grammarFrames[kind] as (draw: FrameDraw) => Uint8Array)(draw), kind };
	}
	const script = corpus.length > 0 ? pick(random, corpus) : [];
	const known = script.filter((step) => step !== "honest");
	const other = known.length > 0 ? pick(random, known) : honest;
	const base = chance(random, 0.7) ? honest : other;
	return { frame: mutateFrame(base, other, draw), kind: undefined };
}
