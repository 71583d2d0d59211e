// Rounds per second of a server with a model of 610 parameters and light clients that answer at once, by cohort.
// Usage: node bench/src/server-rounds.ts [--clients NUMBER] [--cohort NUMBER]... [--rounds NUMBER] [--repeats NUMBER]
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { startLoad } from "./load/load-control.ts";
import { serveRun } from "./load/served-run.ts";
import { median } from "./median.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		clients: { type: "string", default: "500" },
		cohort: { type: "string", multiple: true, default: ["10", "100", "500"] },
		rounds: { type: "string", default: "300" },
		repeats: { type: "string", default: "3" },
		profile: { type: "boolean", default: false },
	},
});
const clients = wholeNumber("clients", flags.clients, 1);
const rounds = wholeNumber("rounds", flags.rounds, 20);
const repeats = wholeNumber("repeats", flags.repeats, 1);
const cohorts = flags.cohort.map((text) => wholeNumber("cohort", text, 1));
const parameters = 610;

interface Speed {
	readonly roundsPerSecond: number;
	/** Milliseconds of CPU time of all light clients for one round, joining included. */
	readonly loadCpu: number;
}

/** The first tenth of the rounds warms up. */
async function speedOf(cohort: number): Promise<Speed> {
	const server = await serveRun({
		file: scenarioFile("scenarios/served.yaml"),
		set: [`clients.number=${clients}`, `clients.perRound=${cohort}`, `rounds=${rounds}`],
		nodeOptions: flags.profile ? ["--cpu-prof", "--cpu-prof-dir=profiles"] : [],
	});
	const load = startLoad();
	try {
		await load.call("join", {
			address: server.address,
			first: 0,
			count: clients,
			parameters,
			answerAfter: 0,
		});
		const events = await server.finished();
		const finished = events.filter(({ type }) => type === "round.finished");
		const lost = events.filter(({ type }) => type === "client.lost").length;
		if (lost > 0 || finished.length !== rounds) throw new Error(`${lost} clients were lost`);
		const counted = finished.slice(rounds / 10);
		const seconds = counted.reduce((sum, event) => sum + Number(event["wallSeconds"]), 0);
		return { roundsPerSecond: counted.length / seconds, loadCpu: (await load.call("cpu")) / rounds };
	} finally {
		load.close();
		await server.close();
	}
}

const speeds = cohorts.map((cohort) => ({ cohort, speeds: [] as Speed[] }));
for (let repetition = 0; repetition < repeats; repetition++) {
	for (const { cohort, speeds: known } of speeds) known.push(await speedOf(cohort));
}
const rows = speeds.map(({ cohort, speeds: known }) => {
	const perSecond = known.map(({ roundsPerSecond }) => roundsPerSecond);
	return [
		String(cohort),
		median(perSecond).toFixed(1),
		`${Math.min(...perSecond).toFixed(1)} to ${Math.max(...perSecond).toFixed(1)}`,
		(cohort * median(perSecond)).toFixed(0),
		median(known.map(({ loadCpu }) => loadCpu)).toFixed(1),
	];
});
process.stdout.write(
	`${clients} light clients in one process, ${rounds} rounds; medians of ${repeats} runs\n` +
		table([["cohort", "rounds/s", "range", "answers/s", "CPU ms of all light clients"], ...rows]),
);
