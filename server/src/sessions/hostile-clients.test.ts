import fc from "fast-check";
import { expect, test } from "vitest";
import { HostileClient, oddText, type Step, step } from "./hostile-client.fixture.ts";
import { answer, goodAnswer, smallFederation } from "./small-federation.fixture.ts";

/** What a session may be closed with; 1000 when the client said so itself. */
const closeCodes = [1000, 1002, 1007, 1008, 1009];
const behave: Step = { kind: "behave" };

/** Lets a hostile client do its worst beside a good one, and sees that all is well afterwards. */
async function expectEndured(steps: readonly Step[]): Promise<HostileClient> {
	const { sessions, train, refusals, losses } = smallFederation();
	const good = new HostileClient(sessions);
	good.hello(4);
	await good.behave();
	const hostile = new HostileClient(sessions);
	// The work is there whether or not the client is: it waits in the mailbox.
	sessions.mailbox(3);
	const goodReply = train(4);
	let hostileReply: ReturnType<typeof train> | undefined;
	for (const each of steps) {
		await hostile.perform([each]);
		if (sessions.isPresent(3)) hostileReply ??= train(3);
	}
	await hostile.perform([{ kind: "wait" }]);

	if (hostile.closed !== undefined) expect(closeCodes).toContain(hostile.closed.code);
	expect(hostile.session.phase === "closed").toBe(hostile.closed !== undefined);
	for (const { code } of refusals) expect(code).toMatch(/^FL_(PROTOCOL|SESSION)_/);
	expect(refusals.length).toBeLessThanOrEqual(1);
	const receipts = hostile.heard.filter(({ type }) => type === "receipt");
	expect(receipts.filter((each) => "status" in each && each.status === "counted").length).toBeLessThanOrEqual(
		1,
	);

	// Nobody else has noticed anything.
	await good.behave();
	expect(await goodReply).toMatchObject({ status: "replied", payload: goodAnswer });
	expect(good.closed).toBeUndefined();

	// And the client itself may come back and do its work.
	const again = new HostileClient(sessions);
	await again.perform([behave, behave]);
	hostileReply ??= train(3);
	await again.behave();
	const reply = await hostileReply;
	if (reply.status === "lost") expect(["failed", "rejected"]).toContain(reply.reason);
	else expect(reply.payload).toHaveLength(goodAnswer.length);
	expect(losses).toHaveLength(reply.status === "lost" ? 1 : 0);
	sessions.close();
	return hostile;
}

test.each([
	["before its hello", []],
	["before it is ready", [behave]],
	["at work", [behave, behave]],
	["after its answer", [behave, behave, behave]],
])("whatever a client says %s ends well for all", { timeout: 60_000 }, async (_, first) => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
			await expectEndured([...first, ...steps]);
		}),
		{ numRuns: 200 },
	);
});

test("text that is no message ends the session, before and after the hello", async () => {
	await fc.assert(
		fc.asyncProperty(oddText, fc.boolean(), async (text, isReady) => {
			const hostile = await expectEndured([...(isReady ? [behave, behave] : []), { kind: "text", text }]);
			expect(hostile.closed).toBeDefined();
		}),
		{ numRuns: 200 },
	);
});

test("a control frame longer than any client's is refused unread", async () => {
	const text = JSON.stringify({ type: "goodbye", reason: "x".repeat(40_000) });
	const hostile = await expectEndured([behave, behave, { kind: "text", text }]);
	expect(hostile.closed?.code).toBe(1009);
});

test("one connection makes the server take memory for one answer to a task", async () => {
	const { sessions, train } = smallFederation();
	const client = new HostileClient(sessions);
	await client.join(3);
	void train(3);
	const task = client.last("task")?.id ?? "";
	client.result(task, goodAnswer);
	client.result(task, goodAnswer, { id: 2 });
	expect(client.closed).toBeUndefined();
	client.result(task, answer([9, 9, 9, 9, 9, 9]), { id: 3 });
	expect(client.closed?.code).toBe(1002);
	sessions.close();
});

test.each([
	["more test examples than it has", { numCorrect: 0, numExamples: 6 }],
	["more right answers than examples", { numCorrect: 5, numExamples: 4 }],
])("an evaluation with %s counts for nothing", async (_, numbers) => {
	const { sessions, remote, losses } = smallFederation();
	const client = new HostileClient(sessions);
	await client.join(3);
	const params = new Float32Array(6);
	const job = { kind: "client", client: 3, round: 1 } as const;
	const sums = remote.evaluator.evaluate(params, [job], new AbortController().signal);
	const { id } = client.last("evaluate") ?? { id: "" };
	client.say({ type: "evaluation", id, lossSum: 0, ...numbers });
	expect(await sums).toEqual([{ lossSum: 0, numCorrect: 0, numExamples: 0 }]);
	expect(losses).toHaveLength(1);
	sessions.close();
});

test("a report on more examples than the client has is rejected with its answer", async () => {
	const { sessions, train } = smallFederation();
	const client = new HostileClient(sessions);
	await client.join(3, { trainExamples: 19 });
	const reply = train(3);
	client.result(client.last("task")?.id ?? "", answer([1, 2, 3, 4, 5, 6], 19));
	client.send(1, 0, goodAnswer.subarray(0, 16));
	client.send(1, 16, answer([1, 2, 3, 4, 5, 6], 19).subarray(16));
	expect(await reply).toEqual({ status: "lost", reason: "rejected" });
	expect(client.last("receipt")?.reason).toMatch(/report is on 20 examples, but the client has 19/);
	sessions.close();
});
