// A process of light clients, in the hands of load-control.ts.
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { OutgoingPayload } from "@fl-sim/protocol";
import { LightClient } from "./light-client.ts";
import { rawTransfer } from "./raw-transfer.ts";

export interface JoinOrder {
	readonly address: string;
	/** Number of the first client. */
	readonly first: number;
	readonly count: number;
	/** Parameters of the model. */
	readonly parameters: number;
	/** Bytes of an answer: parameters in float32 and a number of examples, unless given. */
	readonly answerBytes?: number;
	/** Milliseconds after which a task is answered; "held" until the order comes. */
	readonly answerAfter: number | "held";
	/** What stands for an answer: "failed" is one without payload. */
	readonly answerWith?: "result" | "failed";
	/** Whether payloads wait for an order before they are fetched. */
	readonly fetchOnOrder?: boolean;
}

export interface FetchOrder {
	readonly number: number;
	/** The client that is not waited for. */
	readonly but?: number;
}

export interface ReadOrder {
	readonly client: number;
	/** How fast it reads from now on; null for as fast as it goes. */
	readonly bytesPerSecond: number | null;
}

export interface RoundTripOrder {
	readonly perSecond: number;
	readonly seconds: number;
}

export interface LoadCounts {
	readonly joined: number;
	/** Clients that had joined and lost their connection. */
	readonly dropped: number;
	readonly answered: number;
	readonly reasons: readonly string[];
}

/** Attempts to connect at once. */
const parallelJoins = 100;
const clients = new Map<number, LightClient>();
const held: { readonly client: LightClient; readonly task: string }[] = [];
/** Fetches that wait for an order, by client. */
const announced = new Map<number, () => void>();
/** Clients that have all of what they fetched on order. */
const complete = new Set<number>();
const receipts = new Map<string, () => void>();
const reasons: string[] = [];
let dropped = 0;
let answered = 0;
let isLeaving = false;
let onChange: () => void = () => undefined;

function answerOf({ parameters, answerBytes = 4 * parameters + 4 }: JoinOrder): OutgoingPayload {
	const bytes = new Uint8Array(answerBytes);
	new DataView(bytes.buffer).setUint32(answerBytes - 4, 1, true); // one example
	return new OutgoingPayload(bytes, crc32);
}

let lastJoin: { readonly order: JoinOrder; readonly answer: OutgoingPayload } | undefined;

async function join(order: JoinOrder): Promise<number> {
	const started = performance.now();
	const answer = answerOf(order);
	lastJoin = { order, answer };
	const numbers = Array.from({ length: order.count }, (_, index) => order.first + index);
	const next = numbers.values();
	const joinSome = async (): Promise<void> => {
		for (const client of next) await joinOne(client, order, answer);
	};
	await Promise.all(Array.from({ length: Math.min(parallelJoins, order.count) }, joinSome));
	return (performance.now() - started) / 1000;
}

/** Tries until the server's run is open. */
async function joinOne(client: number, order: JoinOrder, answer: OutgoingPayload): Promise<void> {
	const { address, parameters, answerAfter, answerWith = "result", fetchOnOrder = false } = order;
	const finish = (one: LightClient, task: string): void => {
		if (answerWith === "failed") one.fail(task);
		else one.answer(task);
	};
	for (;;) {
		const one = new LightClient({
			address,
			client,
			parameters,
			answer,
			...(fetchOnOrder && {
				onAnnounced(fetch: () => void) {
					announced.set(client, fetch);
					onChange();
				},
			}),
			onTask(from, task) {
				complete.add(client);
				if (answerAfter === "held") held.push({ client: from, task });
				else if (answerAfter === 0) finish(from, task);
				else setTimeout(() => finish(from, task), answerAfter);
				onChange();
			},
			onReceipt(from, task, status) {
				if (status === "counted") answered += 1;
				const key = `${from.client} ${task}`;
				receipts.get(key)?.();
				receipts.delete(key);
			},
			onEnd(_, wasReady, why) {
				if (!wasReady || isLeaving) return;
				dropped += 1;
				if (reasons.length < 10) reasons.push(why);
			},
		});
		clients.set(client, one);
		if (await one.ready) return;
		await sleep(100);
	}
}

/** The longest-standing clients lose their connections and come back. */
async function loseConnections(number: number): Promise<void> {
	if (lastJoin === undefined) return;
	const { order, answer } = lastJoin;
	for (const [at, client] of [...clients].slice(0, number)) {
		client.cut();
		clients.delete(at);
		await joinOne(at, order, answer);
	}
}

const receiptOf = (client: LightClient, task: string): Promise<void> =>
	new Promise((resolve) => receipts.set(`${client.client} ${task}`, resolve));

/** Sends results that nobody asked for, which the server answers with a receipt; in milliseconds. */
async function roundTrips({ perSecond, seconds }: RoundTripOrder): Promise<readonly number[]> {
	const all = [...clients.values()];
	const times: Promise<number>[] = [];
	const number = perSecond * seconds;
	for (let index = 0; index < number; index++) {
		// Multiples of a large prime visit all clients evenly.
		const client = all[(index * 7919) % all.length] as LightClient;
		const started = performance.now();
		const task = `nobody asked ${index}`;
		times.push(receiptOf(client, task).then(() => performance.now() - started));
		client.answer(task);
		await sleep(1000 / perSecond);
	}
	return await Promise.all(times);
}

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) {
		await new Promise<void>((resolve) => {
			onChange = resolve;
		});
	}
}

/** Waits until so many clients hold a task, then lets all answer at once; seconds until the last receipt. */
async function answerAll(number: number): Promise<number> {
	await until(() => held.length >= number);
	const started = performance.now();
	await Promise.all(
		held.splice(0).map(async ({ client, task }) => {
			const receipt = receiptOf(client, task);
			client.answer(task);
			await receipt;
		}),
	);
	return (performance.now() - started) / 1000;
}

/** Lets so many clients fetch what was announced to them; seconds until all but one have it, or all. */
async function fetchAll({ number, but }: FetchOrder): Promise<number> {
	await until(() => announced.size >= number);
	complete.clear();
	const started = performance.now();
	for (const fetch of announced.values()) fetch();
	announced.clear();
	const others = but === undefined ? number : number - 1;
	await until(() => complete.size - (but !== undefined && complete.has(but) ? 1 : 0) >= others);
	return (performance.now() - started) / 1000;
}

/** What the parent may ask for. */
export const loadMethods = {
	join,
	roundTrips,
	rawTransfer,
	untilHeld: (number: number) => until(() => held.length >= number),
	loseConnections,
	answerAll,
	untilAnnounced: (number: number) => until(() => announced.size >= number),
	fetchAll,
	readAt: ({ client, bytesPerSecond }: ReadOrder) =>
		clients.get(client)?.readAt(bytesPerSecond ?? Number.POSITIVE_INFINITY),
	counts: (): LoadCounts => ({ joined: clients.size, dropped, answered, reasons }),
	async leave() {
		isLeaving = true;
		for (const client of clients.values()) client.leave();
	},
	memory: () => process.memoryUsage().rss,
	cpu() {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1000;
	},
};

export type LoadMethods = typeof loadMethods;

export interface LoadCall {
	readonly id: number;
	readonly method: keyof LoadMethods;
	readonly order: unknown;
}

process.on("message", ({ id, method, order }: LoadCall) => {
	void (async () => {
		try {
			const call = loadMethods[method] as (order: unknown) => unknown;
			process.send?.({ id, value: await call(order) });
		} catch (error) {
			process.send?.({ id, error: String(error) });
		}
	})();
});
process.on("disconnect", () => process.exit());
