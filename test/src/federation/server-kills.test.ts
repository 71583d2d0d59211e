import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fault, FaultPoint } from "./fault-point.preload.ts";
import type { RunningProgram } from "./program.fixture.ts";
import { Network } from "./proxy.fixture.ts";
import { expectSimulated, listening, SmallFederation } from "./small-federation.fixture.ts";

/** The state of the server, and where in it it is killed: the points of a run in their order. */
const all: Readonly<Record<string, FaultPoint>> = {
	"making its run folder": { call: "rename", file: "run.json" },
	"greeting clients": { hears: "hello", count: 2 },
	"while clients load": { sends: "welcome", count: 4, isAfter: true },
	"waiting for the last client": { hears: "ready", count: 4 },
	"with a cohort that knows nothing of it": { sends: "task" },
	"in the middle of downloads": { sends: "chunk", count: 18 },
	"while clients train": { hears: "result", count: 4 },
	"about to fetch an answer": { sends: "fetch", count: 5 },
	"in the middle of uploads": { hears: "chunk", count: 18 },
	"with one answer counted": { sends: "receipt", count: 4, isAfter: true },
	"about to count the last answer": { sends: "receipt", count: 6 },
	"while the cohort's answers are summed": { sends: "receipt", count: 6, isAfter: true },
	"asking clients to evaluate": { sends: "evaluate", count: 2 },
	"with half of the evaluations": { hears: "evaluation", count: 3 },
	"before the events are on disk": { call: "sync", file: "events.jsonl", count: 2 },
	"before a checkpoint": { call: "open", file: "round-000002.safetensors.partial" },
	"in the middle of writing a checkpoint": { call: "write", file: "round-000002.safetensors.partial" },
	"before a checkpoint is on disk": { call: "sync", file: "round-000002.safetensors.partial" },
	"before a checkpoint has its name": { call: "rename", file: "round-000002.safetensors" },
	"after a checkpoint, before its event": { call: "rename", file: "round-000002.safetensors", isAfter: true },
	"before an old checkpoint goes": { call: "remove", file: "round-000001.safetensors" },
	"between a checkpoint and the next cohort": { sends: "task", count: 7 },
	"writing the final weights": { call: "rename", file: "weights.safetensors" },
	"before the run counts as finished": { call: "rename", file: "run.json", count: 2 },
	"at the first goodbye": { sends: "goodbye" },
	"at the last goodbye": { sends: "goodbye", count: 4, isAfter: true },
};

/** Points of a server that goes on with a run which was killed before. */
const resuming: Readonly<Record<string, FaultPoint>> = {
	"before it cuts the events": { call: "open", file: "events.jsonl" },
	"before it writes down that it goes on": { call: "rename", file: "run.json" },
	"while clients come back": { hears: "ready", count: 2 },
	"when a round is done again": { sends: "receipt", count: 3 },
};

const short = [
	"waiting for the last client",
	"in the middle of downloads",
	"in the middle of uploads",
	"with half of the evaluations",
	"before a checkpoint has its name",
	"at the first goodbye",
];

const isFull = process.env["FL_KILLS"] === "all";
const timeLimit = isFull ? 600_000 : 60_000;
/** Both keep a state on the server and one on each client. */
const methods = ["scaffold", "feddyn"] as const;
const roundsPlayed = 4;
const cohortSize = 3;

interface Manifest {
	readonly resumes: readonly { readonly afterRound: number }[];
}

/** Waits until a server was killed where it was to be, and returns the round that was under way. */
async function killed(program: RunningProgram): Promise<number> {
	expect(await program.ended).toEqual({ code: null, signal: "SIGKILL" });
	const [, round] = await program.line(/^fault point: .* in round (\d+)$/);
	return Number(round);
}

/** Plays a run whose server is killed at each point, one after the other. */
async function expectSimulatedThoughKilled(method: string, points: readonly FaultPoint[]): Promise<void> {
	const federation = await SmallFederation.create(
		`algorithm={ name: ${method} }`,
		"model={ name: mlp, hidden: [1500] }", // payloads of several chunks
		`rounds=${roundsPlayed}`,
		`clients.perRound=${cohortSize}`,
	);
	const network = await Network.to(undefined);
	const clients = federation.join("1-4/4", network.port);
	/** Rounds that were under way. */
	const under: number[] = [];
	for (const [index, point] of points.entries()) {
		const fault: Fault = { point, effect: "kill" };
		const program = index === 0 ? federation.serveWith(fault) : federation.resumeWith(fault);
		const isListening = listening(program).then(({ port }) => {
			network.target = port;
		});
		const [round] = await Promise.all([killed(program), isListening.catch(() => undefined)]);
		under.push(round);
		network.target = undefined;
		network.cut();
	}
	const last = await federation.resume();
	network.target = last.port;
	await expectSimulated(federation, last);
	const manifest = JSON.parse(await readFile(join(federation.run, "run.json"), "utf8")) as Manifest;
	for (const [index, { afterRound }] of manifest.resumes.entries()) {
		// The round before the one under way may be finished and not yet in a checkpoint.
		expect(afterRound).toBeGreaterThanOrEqual((under[index] ?? 0) - 2);
	}
	const trainings = clients.lines.filter((line) => /task train of round \d+ begins/.test(line)).length;
	expect(trainings - roundsPlayed * cohortSize).toBeLessThanOrEqual(points.length * cohortSize);
}

const cases = Object.entries(all).flatMap(([title, point], index) => {
	if (isFull) return methods.map((method) => [title, method, point] as const);
	return short.includes(title) ? [[title, methods[index % 2] as string, point] as const] : [];
});

test.each(cases)(
	"a server that is killed with -9 %s (%s) ends in the weights of the simulator, with at most one round of training done again",
	async (_, method, point) => await expectSimulatedThoughKilled(method, [point]),
	timeLimit,
);

test.each(Object.entries(resuming).slice(isFull ? 0 : -1))(
	"so does one that is killed again %s",
	async (_, point) =>
		await expectSimulatedThoughKilled("scaffold", [all["in the middle of uploads"] as FaultPoint, point]),
	timeLimit,
);
