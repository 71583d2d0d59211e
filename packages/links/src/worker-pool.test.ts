import { randomStream, vector } from "@fl-sim/core";
import { softmaxModel } from "@fl-sim/testkit";
import { encodePayload } from "@fl-sim/wire";
import { describe, expect, test } from "vitest";
import { type BlobClientsSettings, createClientPlace } from "./blob-clients.fixture.ts";
import { inProcessClients } from "./in-process.ts";
import type { SimulatedClients } from "./simulated-clients.ts";
import { workerPoolClients } from "./worker-pool.ts";

const never = new AbortController().signal;
const nobody = () => Promise.reject(new Error("nobody is to be asked"));
const model = softmaxModel(3, 3);
const params = model.init(randomStream(1, "init"));

const startPool = (settings: BlobClientsSettings, numWorkers = 2) =>
	workerPoolClients(
		{ module: new URL("./blob-clients.fixture.ts", import.meta.url).href, settings },
		numWorkers,
	);

async function trainAll({ link }: SimulatedClients): Promise<unknown[]> {
	const payload = encodePayload({ params: vector }, params.length, { params }, (n) => link.allocate(n));
	const replies = await Promise.all(
		Array.from({ length: 7 }, (_, client) =>
			link.exchange(
				{ round: 1, exchange: 1, client, task: "train", workFraction: 1, payload },
				never,
				nobody,
			),
		),
	);
	return replies.map((reply) => (reply.status === "replied" ? [reply.payload, reply.report] : reply));
}

const jobs = [
	{ kind: "central", from: 0, to: 30 },
	{ kind: "central", from: 30, to: 60 },
	{ kind: "client", client: 2, round: 1 },
] as const;

describe.each([
	["in this thread", async () => inProcessClients(await createClientPlace({}))],
	["in threads", () => startPool({})],
])("a task %s", (_, open) => {
	const request = { round: 1, exchange: 1, task: "ask", workFraction: 1, payload: Uint8Array.of(1, 2) };

	test("asks the server in its middle and goes on with the answers", async () => {
		await using clients = await open();
		const asked: number[][] = [];
		const replies = await Promise.all(
			[0, 1, 2].map((client) =>
				clients.link.exchange({ ...request, client }, never, (service, ask) => {
					asked.push([client, ...ask]);
					expect(service).toBe("double");
					return Promise.resolve(ask.map((value) => 2 * value));
				}),
			),
		);
		expect(replies).toMatchObject(replies.map(() => ({ payload: Uint8Array.of(4, 8) })));
		const expected = [0, 1, 2].flatMap((client) => [
			[client, 1, 2],
			[client, 2, 4],
		]);
		expect(asked.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(expected);
	});

	test("fails with the server's error when that cannot answer", async () => {
		await using clients = await open();
		const failing = clients.link.exchange({ ...request, client: 0 }, never, nobody);
		await expect(failing).rejects.toThrow("nobody is to be asked");
	});
});

describe("worker threads", () => {
	test("tell the notes and the memory of the places in them", async () => {
		await using here = inProcessClients(await createClientPlace({}));
		await using two = await startPool({});
		expect(here.notes).toEqual(["blobs are easy"]);
		expect(two.notes).toEqual(here.notes);
		expect([here.stepBytes, two.stepBytes]).toEqual([64, 64]);
	});

	test("give the same bytes and sums as one thread, for any number of workers", async () => {
		await using here = inProcessClients(await createClientPlace({}));
		const expectedReplies = await trainAll(here);
		const expectedSums = await here.evaluator.evaluate(params, jobs, never);
		for (const numWorkers of [1, 3]) {
			await using pool = await startPool({}, numWorkers);
			expect(await trainAll(pool)).toEqual(expectedReplies);
			expect(await pool.evaluator.evaluate(params, jobs, never)).toEqual(expectedSums);
		}
	});

	test("broadcasts lie in shared memory", async () => {
		await using pool = await startPool({}, 1);
		expect(pool.link.allocate(8).buffer).toBeInstanceOf(SharedArrayBuffer);
	});

	test("an error in client code arrives with its message and its place", async () => {
		await using pool = await startPool({ failingClient: 4 });
		await expect(trainAll(pool)).rejects.toMatchObject({
			code: "FL_WORKER_FAILED",
			message: "a bug in client code",
			stack: expect.stringContaining("blob-clients.fixture.ts"),
		});
	});

	test("a thread that ends takes the run down with a typed error", async () => {
		await using pool = await startPool({ exitingClient: 1 });
		await expect(trainAll(pool)).rejects.toMatchObject({
			code: "FL_WORKER_FAILED",
			message: "a worker thread ended with code 3, expected it to stay",
		});
	});

	test("a thread that cannot start rejects the start with its own error", async () => {
		await expect(startPool({ failAtStart: true })).rejects.toMatchObject({
			code: "FL_BACKEND_UNAVAILABLE",
			message: "no backend here",
			fix: "Install one.",
		});
	});

	test("an aborted signal rejects what waits", async () => {
		await using pool = await startPool({}, 1);
		const stop = new AbortController();
		const evaluations = pool.evaluator.evaluate(params, jobs, stop.signal);
		stop.abort(new Error("stop now"));
		await expect(evaluations).rejects.toThrow("stop now");
	});
});

test("client states survive a snapshot; stateless clients leave none", async () => {
	await using clients = inProcessClients(await createClientPlace({}));
	await trainAll(clients);
	expect(clients.clientStates.snapshot()).toEqual({ clients: new Uint32Array(), states: [] });
	clients.clientStates.restore({ clients: Uint32Array.of(3), states: [Float32Array.of(1, 2)] });
	expect(clients.clientStates.snapshot()).toEqual({
		clients: Uint32Array.of(3),
		states: [Float32Array.of(1, 2)],
	});
	expect(() => clients.clientStates.restore(5)).toThrow(
		"the checkpoint holds no client states where it should",
	);
});
