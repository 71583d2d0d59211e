import type { Took } from "./frame-clock.ts";
import type { Grammar } from "./message-grammar.ts";

/** What is attacked, and an honest peer beside the attacker: fresh for each world. */
export interface FuzzWorld {
	readonly grammar: Grammar;
	/** Lengths at which frames become too long. */
	readonly limits: readonly number[];
	/** A new connection of the attacker. */
	connect(): Promise<FuzzConnection>;
	/** Plays with an honest peer, who must not have noticed anything. @throws FuzzFinding */
	serveHonestly(): Promise<void>;
	/** Ends everything. */
	close(): Promise<void>;
}

export interface FuzzConnection {
	readonly isOpen: boolean;
	/** What an honest peer would send now. */
	honest(): Uint8Array;
	/** Sends that, and waits until there is more to say. @throws FuzzFinding */
	sendHonestly(): Promise<void>;
	/** Sends a frame and waits for what follows from it. @throws FuzzFinding when that breaks a rule */
	send(frame: Uint8Array): Promise<SentFrame>;
	/** Ends it, if it has not ended. */
	end(): Promise<void>;
}

/** What came of a frame. */
export interface SentFrame {
	/** Until everything had happened that follows. */
	readonly took: Took;
	/** The code of the error that the attacker was told. */
	readonly error: string | undefined;
	readonly closeCode: number | undefined;
}

/** A rule that did not hold. */
export class FuzzFinding extends Error {
	override readonly name = "FuzzFinding";
}
