import { z } from "zod";

const bytes = z.int().min(0);

/** What a server tells about its run; all of it may be read by anybody who reaches it. */
export const runStatus = z.strictObject({
	run: z.string().nullable().describe("Name of the run, null until it is open"),
	state: z
		.enum(["waiting", "running", "paused", "stopping", "finished", "failed"])
		.describe("waiting: for clients or for the start; stopping: after the round under way"),
	round: z.int().min(0).describe("The round under way, or the last one"),
	rounds: z.int().min(0).describe("Rounds of the scenario"),
	connected: z.int().min(0).describe("Clients that are connected and ready"),
	population: z.int().min(0).describe("Clients of the scenario"),
	cohort: z.array(z.int().min(0)).describe("Clients of the round under way"),
	accuracy: z.number().nullable().describe("On the central test set, as last evaluated"),
	downBytes: bytes.describe("Payload bytes to clients so far"),
	upBytes: bytes.describe("Payload bytes from clients so far"),
	socketBytes: z
		.strictObject({ down: bytes, up: bytes })
		.describe("Bytes of clients' connections as they passed the sockets"),
	error: z.strictObject({ code: z.string(), message: z.string() }).optional().describe("Why the run failed"),
});

export type RunStatus = z.output<typeof runStatus>;

/** The latest global model. */
export interface GlobalModel {
	/** A safetensors file. */
	readonly bytes: Uint8Array;
	/** The round after which it is the global model; 0 before the first. */
	readonly round: number;
}

/** A run as those who operate the server see it. */
export interface RunControl {
	status(): RunStatus;
	/** Starts a waiting run with the clients that are there. */
	start(): void;
	/** Lets the round under way end and begins no other. */
	pause(): void;
	/** Goes on after a pause. */
	continue(): void;
	/** Lets the round under way end and the run with it; it can be resumed. */
	stop(): void;
	/** Undefined before there is one. */
	model(): Promise<GlobalModel | undefined>;
}
