import { Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { Gauge, Registry } from "prom-client";
import { onTestFinished } from "vitest";
import type { GlobalModel, RunControl, RunStatus } from "../run-control.ts";
import { createHttpApp, type HttpAppOptions } from "./app.ts";

export const sampleStatus: RunStatus = {
	run: "20260102-030405_noniid_a1b2c3",
	state: "running",
	round: 3,
	rounds: 30,
	connected: 9,
	population: 10,
	cohort: [1, 4, 7],
	accuracy: 0.875,
	downBytes: 987_296,
	upBytes: 740_472,
	socketBytes: { down: 990_000, up: 750_000 },
};

/** A run that only remembers what it was asked for. */
class RecordedControl implements RunControl {
	current: RunStatus = sampleStatus;
	readonly asked: string[] = [];
	latest: GlobalModel | undefined;
	status = (): RunStatus => this.current;
	model = (): Promise<GlobalModel | undefined> => Promise.resolve(this.latest);
	start = (): void => this.#remember("start");
	pause = (): void => this.#remember("pause");
	continue = (): void => this.#remember("continue");
	stop = (): void => this.#remember("stop");

	#remember(action: string): void {
		this.asked.push(action);
	}
}

export interface SampleApp {
	readonly app: FastifyInstance;
	readonly control: RecordedControl;
	/** All that was logged. */
	readonly logged: () => string;
}

/** An app on a recorded run; it is closed when the test is over. */
export async function sampleApp(options: Partial<HttpAppOptions> = {}): Promise<SampleApp> {
	const control = new RecordedControl();
	const metrics = new Registry();
	new Gauge({ name: "fl_round", help: "Last round", registers: [metrics] }).set(3);
	const lines: string[] = [];
	const log = pino(
		{ level: "trace" },
		new Writable({
			decodeStrings: false,
			write(line: string, _encoding, done) {
				lines.push(line);
				done();
			},
		}),
	);
	const app = await createHttpApp({
		control,
		metrics,
		log,
		version: "0.1.0",
		allowedOrigins: [],
		...options,
	});
	onTestFinished(() => app.close());
	return { app, control, logged: () => lines.join("") };
}
