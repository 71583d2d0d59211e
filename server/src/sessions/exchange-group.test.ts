import { expect, onTestFinished, test, vi } from "vitest";
import { ScriptedClient } from "./scripted-client.fixture.ts";
import { goodAnswer, parameters, smallFederation } from "./small-federation.fixture.ts";

const never = new AbortController().signal;

function fakeTimers(): void {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
	onTestFinished(() => {
		vi.useRealTimers();
	});
}

test("an evaluation that asks no client leaves no clock behind", async () => {
	fakeTimers();
	const { remote } = smallFederation();
	for (let round = 0; round < 5; round++) {
		await remote.evaluator.evaluate(new Float32Array(parameters), [], never);
	}
	expect(vi.getTimerCount()).toBe(0);
});

test("an exchange whose clients have answered leaves no clock behind", async () => {
	fakeTimers();
	const { sessions, train } = smallFederation();
	const client = new ScriptedClient(sessions);
	await client.join(3);
	const reply = train(3);
	expect(vi.getTimerCount()).toBe(1);
	client.result("1.1.train", goodAnswer);
	client.send(1, 0, goodAnswer.subarray(0, 16));
	client.send(1, 16, goodAnswer.subarray(16));
	await reply;
	expect(vi.getTimerCount()).toBe(0);
});
