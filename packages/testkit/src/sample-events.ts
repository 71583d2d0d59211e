import { type RunEvent, randomStream } from "@fl-sim/core";

const bytes = 246_824;

/** The events of a made-up run in which client 3 of round 2 is lost. */
export function sampleEvents(rounds: number, cohort = 4): RunEvent[] {
	const random = randomStream(1, "sample events");
	const events: RunEvent[] = [
		{
			type: "run.started",
			run: "20260102-030405_noniid_a1b2c3",
			algorithm: "fedavg",
			backend: "wasm",
			seed: 1,
			rounds,
			population: 100,
			parameters: 61_706,
			workers: 2,
		},
		{ type: "evaluated.central", round: 0, accuracy: 0.1, loss: 2.3, numExamples: 500, wallSeconds: 0.5 },
	];
	let totalUpBytes = 0;
	for (let round = 1; round <= rounds; round += 1) {
		const clients = Array.from({ length: cohort }, (_, client) => client);
		events.push({ type: "round.started", round, cohort: clients });
		const lost = round === 2 ? 1 : 0;
		for (const client of clients) {
			const traffic = { round, phase: "train", client, downBytes: bytes };
			if (lost === 1 && client === 3) {
				events.push({ ...traffic, type: "client.lost", reason: "dropped", upBytes: 0 });
			} else {
				events.push({
					...traffic,
					type: "client.replied",
					report: { trainLoss: 1 / round, numExamples: 50, steps: 5 },
					simulatedSeconds: 3,
					wallSeconds: 0.2,
					upBytes: bytes,
				});
			}
		}
		totalUpBytes += (cohort - lost) * bytes;
		events.push(
			{
				type: "round.finished",
				round,
				replied: cohort - lost,
				lost,
				trainLoss: 1 / round,
				downBytes: cohort * bytes,
				upBytes: (cohort - lost) * bytes,
				totalDownBytes: round * cohort * bytes,
				totalUpBytes,
				simulatedSeconds: 10,
				totalSimulatedSeconds: round * 10,
				wallSeconds: 1.5,
				totalWallSeconds: round * 1.5,
			},
			{
				type: "evaluated.central",
				round,
				accuracy: Math.min(1, 0.98 - 0.8 * Math.exp(-round / 5) + 0.01 * random.normal()),
				loss: 1.2 / round,
				numExamples: 500,
				wallSeconds: 0.5,
			},
			{ type: "checkpoint.written", round, file: `checkpoints/${round}.safetensors` },
		);
	}
	events.push({
		type: "run.finished",
		round: rounds,
		reason: "rounds",
		weightsSha256: "00",
		totalWallSeconds: rounds * 2,
	});
	return events;
}
