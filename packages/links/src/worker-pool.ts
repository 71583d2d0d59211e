import { Worker } from "node:worker_threads";
import { FlSimError, type Vector } from "@fl-sim/core";
import type { Serve } from "@fl-sim/engine";
import { createClientStateStore } from "./client-state-store.ts";
import { nobodyServes, type SimulatedClients } from "./simulated-clients.ts";
import {
	carryError,
	type PlaceTraits,
	restoreError,
	type WorkerAnswer,
	type WorkerCall,
	type WorkerJob,
	type WorkerMessage,
	type WorkerOrigin,
	type WorkerResult,
	type WorkerSettings,
	type WorkerStart,
} from "./worker-protocol.ts";

interface Waiting {
	readonly job: WorkerJob;
	/** Answers what the job asks. */
	readonly serve: Serve | undefined;
	resolve(result: WorkerResult): void;
	reject(error: unknown): void;
}

/**
 * Plays clients in worker threads. They start at once and get ready while the settings are still being made.
 *
 * @throws FL_WORKER_FAILED, or the error of `createClientPlace`, when a thread cannot start; what the settings fail with.
 */
export async function workerPoolClients<Settings>(
	start: WorkerStart<Settings>,
	numWorkers: number,
): Promise<SimulatedClients> {
	const pool = createPool(start, numWorkers);
	const { notes, stepBytes } = await pool.ready;
	const clientStates = createClientStateStore();
	const play: SimulatedClients["play"] = async (request, state, signal, serve) => {
		const result = await pool.run({ kind: "task", request, state }, signal, serve);
		if (result.kind !== "task") throw new FlSimError("FL_WORKER_FAILED", "a worker answered another job");
		return result;
	};
	return {
		play,
		clientStates,
		notes,
		stepBytes,
		link: {
			concurrency: numWorkers,
			allocate: (byteLength) => new Uint8Array(new SharedArrayBuffer(byteLength)),
			async exchange(request, signal, serve) {
				const { reply, state } = await play(request, clientStates.get(request.client), signal, serve);
				clientStates.set(request.client, state);
				return reply;
			},
		},
		evaluator: {
			evaluate(params, jobs, signal) {
				const shared = shareVector(params);
				return Promise.all(
					jobs.map(async (job) => {
						const result = await pool.run({ kind: "evaluate", params: shared, job }, signal);
						if (result.kind !== "evaluate")
							throw new FlSimError("FL_WORKER_FAILED", "a worker answered another job");
						return result.sums;
					}),
				);
			},
		},
		[Symbol.asyncDispose]: () => pool.stop(),
	};
}

function shareVector(vector: Vector): Vector {
	const shared = new Float32Array(new SharedArrayBuffer(vector.byteLength));
	shared.set(vector);
	return shared;
}

interface Pool {
	/** Resolves to the traits of a place when all threads are ready. */
	readonly ready: Promise<PlaceTraits>;
	run(job: WorkerJob, signal: AbortSignal, serve?: Serve): Promise<WorkerResult>;
	stop(): Promise<void>;
}

function createPool(start: WorkerStart<unknown>, numWorkers: number): Pool {
	const queue: Waiting[] = [];
	const idle: Worker[] = [];
	const active = new Map<Worker, Waiting>();
	const origin: WorkerOrigin = { module: start.module, preparation: start.preparation };
	let failure: unknown;
	let isStopping = false;

	function dispatch(): void {
		while (idle.length > 0 && queue.length > 0) {
			const worker = idle.pop() as Worker;
			const waiting = queue.shift() as Waiting;
			active.set(worker, waiting);
			worker.postMessage(waiting.job);
		}
	}

	/** A thread that dies takes the whole pool along: which client it was playing is part of the result. */
	function fail(error: unknown): void {
		failure ??= error;
		for (const waiting of [...active.values(), ...queue.splice(0)]) waiting.reject(failure);
		active.clear();
	}

	function onDone(worker: Worker, message: WorkerMessage): void {
		const waiting = active.get(worker);
		active.delete(worker);
		idle.push(worker);
		if (message.type === "done") waiting?.resolve(message.result);
		else if (message.type === "failed") waiting?.reject(restoreError(message.error));
		dispatch();
	}

	/** A job asks a question; what goes wrong with the answer is the job's error. */
	async function answerCall(worker: Worker, { service, ask }: WorkerCall): Promise<void> {
		const waiting = active.get(worker);
		let message: WorkerAnswer;
		try {
			const serve = waiting?.serve ?? nobodyServes;
			message = { kind: "answer", answer: await serve(service, ask) };
		} catch (error) {
			message = { kind: "answer", error: carryError(error) };
		}
		worker.postMessage(message);
	}

	function startWorker(): { readonly worker: Worker; readonly ready: Promise<PlaceTraits> } {
		const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: origin });
		const ready = new Promise<PlaceTraits>((resolve, reject) => {
			worker.on("message", (message: WorkerMessage) => {
				if (message.type === "ready") {
					resolve(message);
					idle.push(worker);
					dispatch();
				} else if (message.type === "call") {
					void answerCall(worker, message);
				} else if (active.has(worker)) {
					onDone(worker, message);
				} else if (message.type === "failed") {
					const error = restoreError(message.error);
					fail(error);
					reject(error);
				}
			});
			worker.on("error", (error) => {
				const wrapped = new FlSimError("FL_WORKER_FAILED", `a worker thread failed: ${error.message}`, {
					cause: error,
				});
				fail(wrapped);
				reject(wrapped);
			});
			worker.on("exit", (code) => {
				if (isStopping) return;
				const error = new FlSimError(
					"FL_WORKER_FAILED",
					`a worker thread ended with code ${code}, expected it to stay`,
				);
				fail(error);
				reject(error);
			});
		});
		return { worker, ready };
	}

	const started = Array.from({ length: numWorkers }, startWorker);

	async function stop(): Promise<void> {
		isStopping = true;
		fail(new FlSimError("FL_WORKER_FAILED", "the worker threads were stopped"));
		await Promise.all(started.map(({ worker }) => worker.terminate()));
	}

	async function open(): Promise<PlaceTraits> {
		const threads = Promise.all(started.map(({ ready }) => ready));
		threads.catch(() => undefined); // a thread may fail while the settings are awaited
		const message: WorkerSettings = { kind: "open", settings: await start.settings };
		for (const { worker } of started) worker.postMessage(message);
		const [first = { notes: [], stepBytes: 0 }] = await threads;
		return first;
	}

	return {
		ready: open().then(
			(traits) => traits,
			async (error: unknown) => {
				await stop();
				throw error;
			},
		),
		run(job, signal, serve) {
			return new Promise<WorkerResult>((resolve, reject) => {
				if (failure !== undefined || signal.aborted) {
					reject(failure ?? signal.reason);
					return;
				}
				const waiting: Waiting = { job, serve, resolve: settle(resolve), reject: settle(reject) };
				const onAbort = (): void => {
					const place = queue.indexOf(waiting);
					if (place >= 0) queue.splice(place, 1);
					waiting.reject(signal.reason);
				};
				function settle<Value>(deliver: (value: Value) => void): (value: Value) => void {
					return (value) => {
						signal.removeEventListener("abort", onAbort);
						deliver(value);
					};
				}
				signal.addEventListener("abort", onAbort, { once: true });
				queue.push(waiting);
				dispatch();
			});
		},
		stop,
	};
}
