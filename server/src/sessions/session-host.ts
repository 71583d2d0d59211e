import type { FlSimError } from "@fl-sim/core";
import type { Checksum, DataShape, MessageOf, ServerMessage } from "@fl-sim/protocol";
import type { Carrier, Mailbox } from "./mailbox.ts";
import type { Session } from "./session.ts";

/** The run that clients join. */
export interface OpenRun {
	readonly id: string;
	/** What clients are told of the scenario. */
	readonly scenario: Readonly<Record<string, unknown>>;
	readonly backend: string;
	readonly data: DataShape;
	/** Parameters of the model. */
	readonly parameters: number;
	readonly heartbeatSeconds: number;
	readonly graceSeconds: number;
	readonly chunkBytes: number;
	readonly maxExamples: number | undefined;
}

/** How a run ends for its clients. */
export type RunEnd = MessageOf<ServerMessage, "goodbye">["reason"];

/** What a session needs of the server around it. */
export interface SessionHost {
	readonly software: string;
	readonly checksum: Checksum;
	readonly population: number;
	readonly authentication: "none" | "token";
	/** Undefined while the server is not ready for clients. */
	run(): OpenRun | undefined;
	/** Whether nothing comes after what is under way. */
	isEnding(): boolean;
	/** How the run ended; undefined before, and when it goes on later. */
	over(): RunEnd | undefined;
	freshNonce(): string;
	/** Whether the proof is that of a valid token of this client. */
	checkToken(proof: {
		readonly client: number;
		readonly transcript: Uint8Array;
		readonly proof: string;
	}): Promise<boolean>;
	/**
	 * The mailbox of a client whose session is ready; closes an older session of the same client.
	 *
	 * @throws FL_SESSION_REFUSED when the client has a newer session.
	 */
	enter(client: number, session: Session): Mailbox;
	leave(mailbox: Mailbox, session: Carrier): void;
	/** Told once for each session that does not end well. */
	refused(reason: FlSimError, client: number | undefined): void;
}

/** Where the connection comes from. */
export interface SessionOrigin {
	/** The client that the peer's certificate is made out to, -1 for none; undefined where none are asked for. */
	readonly certifiedClient: number | undefined;
}
