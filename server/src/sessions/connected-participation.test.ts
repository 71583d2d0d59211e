import { scenarioSchema } from "@fl-sim/scenario";
import { expect, test, vi } from "vitest";
import { ChangeSignal } from "./change-signal.ts";
import { connectedParticipation } from "./connected-participation.ts";
import { RunGate } from "./run-gate.ts";
import { ScriptedClient } from "./scripted-client.fixture.ts";
import { smallFederation } from "./small-federation.fixture.ts";

test("a round begins when all are there; until then clients are counted, and listed only then", async () => {
	const change = new ChangeSignal();
	const { sessions } = smallFederation({ change });
	const waiting: number[] = [];
	const gate = new RunGate(change, (present) => waiting.push(present));
	const scenario = scenarioSchema.parse({
		dataset: { name: "synthetic" },
		model: { name: "softmax" },
		clients: { number: 10, perRound: 10, localEpochs: 1, batchSize: 10, learningRate: 0.1 },
		rounds: 1,
	});
	const listed = vi.spyOn(sessions, "present");
	const cohort = connectedParticipation(scenario, { sessions, gate, change }).cohort(
		1,
		new AbortController().signal,
	);
	for (const number of [3, 9, 0, 1, 2, 4, 5, 6, 7]) await new ScriptedClient(sessions).join(number);
	expect(waiting).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	expect(listed).not.toHaveBeenCalled();
	await new ScriptedClient(sessions).join(8);
	expect([...((await cohort) ?? [])].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	expect(listed).toHaveBeenCalledOnce();
	sessions.close();
});
