import { describeModel } from "@fl-sim/compute/options";
import { type BatchEvaluation, FlSimError, type Vector } from "@fl-sim/core";
import { type FederatedDataDescriptor, openFederatedData } from "@fl-sim/data";
import type { EvaluationJob, Evaluator } from "@fl-sim/engine";
import type { Scenario } from "@fl-sim/scenario";
import { type OpenedClients, openClients } from "@fl-sim/simulation";
import type { ComputePlace } from "../session/index.ts";
import type { MemoryLimit } from "./memory-limit.ts";

export interface PlaceSettings {
	/** Worker threads. */
	readonly workers: number;
	readonly memory: MemoryLimit;
}

type Opened = Awaited<ReturnType<typeof openClients>>;

/** What worker threads do. */
interface Players {
	readonly play: ComputePlace["run"];
	readonly evaluator: Evaluator;
}

/** Data, model and worker threads of one scenario, for several clients. */
export class SharedPlace implements AsyncDisposable {
	readonly #scenario: Scenario;
	readonly #data: FederatedDataDescriptor;
	readonly #settings: PlaceSettings;
	#opened: Opened | undefined;
	#opening: Promise<Opened> | undefined;

	private constructor(scenario: Scenario, data: FederatedDataDescriptor, settings: PlaceSettings) {
		this.#scenario = scenario;
		this.#data = data;
		this.#settings = settings;
	}

	/** @throws FL_BACKEND_UNAVAILABLE, FL_MODEL_SHAPE, FL_WORKER_FAILED */
	static async open(
		scenario: Scenario,
		data: FederatedDataDescriptor,
		settings: PlaceSettings,
	): Promise<SharedPlace> {
		const place = new SharedPlace(scenario, data, settings);
		await place.#open();
		return place;
	}

	/** What the user should know of how clients are played. */
	get notes(): OpenedClients["notes"] {
		return this.#opened?.notes ?? [];
	}

	/** The place as one client sees it; `release` is called when that client is done. */
	forClient(client: number, release: () => Promise<void>): ComputePlace {
		const dataset = openFederatedData(this.#data);
		const { layout } = describeModel(this.#scenario.model, dataset.featureShape, dataset.numClasses);
		const { test } = dataset.client(client, 1);
		return {
			backendVersion: this.#opened?.backend.version ?? "unknown",
			parameters: layout.size,
			trainExamples: dataset.numTrainExamples(client),
			testExamples: test.indices.length,
			allocate: (byteLength) => {
				// The answer is about as long as the question, and so is what is made of both meanwhile.
				this.#settings.memory.check(3 * byteLength);
				return new Uint8Array(new SharedArrayBuffer(byteLength));
			},
			run: (...task) => this.#withThreads((clients) => clients.play(...task)),
			evaluate: (params, job, signal) => this.#evaluate(params, job, signal),
			[Symbol.asyncDispose]: release,
		};
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#close();
	}

	async #evaluate(params: Vector, job: EvaluationJob, signal: AbortSignal): Promise<BatchEvaluation> {
		const [sums] = await this.#withThreads(({ evaluator }) => evaluator.evaluate(params, [job], signal));
		if (sums === undefined) throw new FlSimError("FL_WORKER_FAILED", "an evaluation had no result");
		return sums;
	}

	/** A thread that died takes all others along: new ones are started for what comes next. */
	async #withThreads<Result>(use: (clients: Players) => Promise<Result>): Promise<Result> {
		const opened = await this.#open();
		try {
			return await use(opened.clients);
		} catch (error) {
			const hasDied = error instanceof FlSimError && error.code === "FL_WORKER_FAILED";
			if (hasDied && this.#opened === opened) await this.#close();
			throw error;
		}
	}

	#open(): Promise<Opened> {
		this.#opening ??= openClients(this.#scenario, Promise.resolve(this.#data), this.#settings.workers).then(
			(opened) => {
				this.#opened = opened;
				return opened;
			},
			(error: unknown) => {
				this.#opening = undefined;
				throw error;
			},
		);
		return this.#opening;
	}

	async #close(): Promise<void> {
		const opening = this.#opening;
		this.#opening = undefined;
		this.#opened = undefined;
		const opened = await opening?.catch(() => undefined);
		await opened?.clients[Symbol.asyncDispose]();
	}
}
