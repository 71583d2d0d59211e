import { crc32 } from "node:zlib";
import { exampleCount, vector } from "@fl-sim/core";
import { encodeChunkFrame } from "@fl-sim/protocol";
import { replay } from "@fl-sim/simulation";
import { encodePayload } from "@fl-sim/wire";
import { expect, test } from "vitest";
import { RawPeer } from "./raw-peer.fixture.ts";
import { eventsOf, SmallFederation } from "./small-federation.fixture.ts";

const parameters = 610;
const ownExamples = 10;

/** An update that would lead the model astray. */
const updateOf = (numExamples: number): Uint8Array =>
	encodePayload({ delta: vector, numExamples: exampleCount }, parameters, {
		delta: new Float32Array(parameters).fill(1e6),
		numExamples,
	});

/** A member of the federation that says whatever it likes. */
class Member {
	readonly peer: RawPeer;
	#numAnnounced = 0;

	constructor(peer: RawPeer) {
		this.peer = peer;
	}

	/** Announces an update; returns the receipt, after the update itself where the server fetches it. */
	async answer(task: string, update: Uint8Array, numExamples = ownExamples): Promise<object | undefined> {
		const { peer } = this;
		const numFetches = this.numFetches;
		const numReceipts = peer.heard.filter(({ type }) => type === "receipt").length;
		const payload = { id: ++this.#numAnnounced, bytes: update.length, crc32: crc32(update) };
		const report = { trainLoss: 0.1, numExamples, steps: 1 };
		peer.say({ type: "result", task, report, keepsState: false, wallSeconds: 0.1, payload });
		const receipt = peer.hears("receipt", numReceipts + 1);
		await Promise.race([receipt, peer.hears("fetch", numFetches + 1)]);
		if (this.numFetches > numFetches) {
			peer.frame("binary", encodeChunkFrame({ payload: payload.id, offset: 0, data: update }, crc32));
		}
		await receipt;
		return peer.last("receipt");
	}

	get numFetches(): number {
		return this.peer.heard.filter(({ type }) => type === "fetch").length;
	}
}

test("a member that oversteps its part is refused each time, and the model is what it is without its updates", async () => {
	const set = ["rounds=6", "clients.perRound=3", "evaluation.clients=0", "server.maxExamples=1000"];
	const federation = await SmallFederation.create(...set);
	const { run } = await federation.simulated();
	const cohorts = (await eventsOf(run)).flatMap((event) =>
		event.type === "round.started" ? [event.cohort] : [],
	);
	const isAsked = cohorts.map((cohort) => cohort.includes(3));
	expect(new Set(isAsked)).toEqual(new Set([true, false]));

	const { port, program } = await federation.serve();
	await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
	const join = async (trainExamples: number): Promise<RawPeer> => {
		const peer = await RawPeer.open(port);
		peer.hello(3);
		await peer.hears("welcome");
		peer.say({ type: "ready", backendVersion: "1", parameters, trainExamples, testExamples: 0 });
		return peer;
	};
	const boasting = await join(4_000_000_000);
	await boasting.ended;
	expect(boasting.closeCode).toBe(1008);

	const member = new Member(await join(ownExamples));
	const others = federation.join("1-3/4", port);
	const refuse = async (reason: RegExp | undefined, ...attempt: Parameters<Member["answer"]>) => {
		const [task] = attempt;
		const why = reason === undefined ? {} : { reason: expect.stringMatching(reason) as string };
		expect(await member.answer(...attempt)).toEqual({ type: "receipt", task, status: "rejected", ...why });
	};
	let numTasks = 0;
	for (const [index, asked] of isAsked.entries()) {
		const round = index + 1;
		const task = `${round}.1.train`;
		if (!asked) {
			await others.line(new RegExp(`task train of round ${round} begins`));
			await refuse(/nobody asked/, task, updateOf(ownExamples));
			continue;
		}
		numTasks += 1;
		await member.peer.hears("task", numTasks);
		const wasAsked = isAsked[index - 1] === true;
		await refuse(wasAsked ? undefined : /nobody asked/, `${round - 1}.1.train`, updateOf(ownExamples));
		if (numTasks % 2 === 1) await refuse(/numExamples is 4000000000/, task, updateOf(4_000_000_000));
		else await refuse(/report is on 4000000000/, task, updateOf(ownExamples), 4_000_000_000);
		await refuse(undefined, task, updateOf(ownExamples));
	}
	await program.success();
	await others.success();
	expect(member.numFetches).toBe(numTasks);

	const events = await eventsOf(federation.run);
	const lost = events.filter((event) => event.type === "client.lost");
	expect(lost.map(({ client, reason }) => [client, reason])).toEqual(
		Array.from({ length: numTasks }, () => [3, "rejected"]),
	);
	expect(await replay(federation.run, { workers: 0 })).toMatchObject({ isEqual: true });
});
