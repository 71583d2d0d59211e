import { parentPort, workerData } from "node:worker_threads";
import type { ClientPlace } from "./simulated-clients.ts";
import {
	carryError,
	restoreError,
	type WorkerAnswer,
	type WorkerJob,
	type WorkerMessage,
	type WorkerOrigin,
	type WorkerResult,
	type WorkerSettings,
} from "./worker-protocol.ts";

interface PlaceModule {
	readonly createClientPlace: (settings: unknown, prepared: unknown) => Promise<ClientPlace>;
	readonly prepareClientPlace?: (preparation: unknown) => Promise<unknown>;
}

/** A worker thread that plays clients: does one job after the other, as the pool sends them. */
async function serve(): Promise<void> {
	const { module, preparation } = workerData as WorkerOrigin;
	const settings = firstMessage();
	const places = (await import(module)) as PlaceModule;
	const prepared = await places.prepareClientPlace?.(preparation);
	const place = await places.createClientPlace((await settings).settings, prepared);
	parentPort?.on("message", (message: WorkerJob | WorkerAnswer) => {
		if (message.kind === "answer") hear(message);
		else void answer(place, message);
	});
	post({ type: "ready", notes: place.notes, stepBytes: place.stepBytes });
}

function firstMessage(): Promise<WorkerSettings> {
	return new Promise((resolve) => {
		parentPort?.once("message", resolve);
	});
}

async function answer(place: ClientPlace, job: WorkerJob): Promise<void> {
	try {
		const result = await perform(place, job);
		const transfer = result.kind === "task" ? ownBuffers(result.reply.payload) : [];
		post({ type: "done", result }, transfer);
	} catch (error) {
		post({ type: "failed", error: carryError(error) });
	}
}

async function perform(place: ClientPlace, job: WorkerJob): Promise<WorkerResult> {
	if (job.kind === "evaluate") return { kind: "evaluate", sums: await place.evaluate(job.params, job.job) };
	const { reply, state } = await place.host(job.request, job.state, ask);
	return { kind: "task", reply, state };
}

/** Those who wait for an answer, in the order of their questions. */
const asking: { resolve(answer: Uint8Array): void; reject(error: unknown): void }[] = [];

function ask(service: string, payload: Uint8Array): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		asking.push({ resolve, reject });
		post({ type: "call", service, ask: payload });
	});
}

function hear(message: WorkerAnswer): void {
	const asked = asking.shift();
	if ("answer" in message) asked?.resolve(message.answer);
	else asked?.reject(restoreError(message.error));
}

/** The memory behind `bytes`, if it can be handed over instead of copied. */
function ownBuffers(bytes: Uint8Array): ArrayBuffer[] {
	return bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
	parentPort?.postMessage(message, transfer);
}

serve().catch((error: unknown) => post({ type: "failed", error: carryError(error) }));
