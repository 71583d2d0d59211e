import { randomBytes } from "node:crypto";
import type { FlSimError } from "@fl-sim/core";
import type { Connection } from "@fl-sim/protocol";
import { type Checksum, ProtocolError } from "@fl-sim/protocol";
import type { ChangeSignal } from "./change-signal.ts";
import { Farewell } from "./farewell.ts";
import { type Carrier, Mailbox } from "./mailbox.ts";
import { Session } from "./session.ts";
import type { OpenRun, RunEnd, SessionHost, SessionOrigin } from "./session-host.ts";

export interface SessionsSettings extends Pick<SessionHost, "software" | "authentication" | "checkToken"> {
	readonly checksum: Checksum;
	readonly population: number;
	/** Time that a client may be without connection and still count as there. */
	readonly graceSeconds: number;
	/** Given whenever who is there changes. */
	readonly change: ChangeSignal;
	/** Told of clients that come, go and are refused. */
	note(note: SessionNote): void;
}

type SessionNote =
	| { readonly type: "joined" | "left"; readonly client: number }
	| { readonly type: "refused"; readonly client: number | undefined; readonly reason: FlSimError };

/** Close code of a connection that ended without a close frame (RFC 6455, section 7.4.1). */
const brokenConnection = 1006;

/** All clients of a run, with and without connection. */
export class Sessions {
	readonly #settings: SessionsSettings;
	readonly #host: SessionHost;
	/** Sessions that have not ended, with their numbers in the order in which they began. */
	readonly #open = new Map<Session, number>();
	#numAccepted = 0;
	readonly #mailboxes = new Map<number, Mailbox>();
	/** When clients that lost their connection do not count as there any more. */
	readonly #graces = new Map<number, NodeJS.Timeout>();
	readonly #present = new Set<number>();
	/** Clients that said that they leave, or were sent away, and have not come back. */
	readonly #departed = new Set<number>();
	#run: OpenRun | undefined;
	#isEnding = false;
	#over: RunEnd | undefined;
	#farewell: Farewell | undefined;

	constructor(settings: SessionsSettings) {
		this.#settings = settings;
		this.#host = {
			...settings,
			run: () => this.#run,
			isEnding: () => this.#isEnding,
			over: () => this.#over,
			freshNonce: () => randomBytes(24).toString("base64url"),
			enter: (client, session) => this.#enter(client, session),
			leave: (mailbox, session) => this.#leave(mailbox, session),
			refused: (reason, client) => settings.note({ type: "refused", client, reason }),
		};
	}

	/** From now on clients are let in. */
	openRun(run: OpenRun): void {
		this.#run = run;
	}

	/** A new connection; `receive` and `ended` are to be called for it. */
	accept(connection: Connection, origin: SessionOrigin): Session {
		const session = new Session(connection, this.#host, origin);
		this.#open.set(session, ++this.#numAccepted);
		return session;
	}

	/** To be called when a connection has ended, with the WebSocket close code: 1006 when it broke. */
	ended(session: Session, closeCode: number): void {
		this.#open.delete(session);
		session.ended();
		const { client, hasLeft, hasSaidGoodbye } = session;
		if (client === undefined) return;
		const isElsewhere = this.#mailboxes.get(client)?.carrier !== undefined;
		if (hasLeft && !isElsewhere) {
			this.#departed.add(client);
			this.#farewell?.done(client);
		}
		if (hasSaidGoodbye && closeCode !== brokenConnection) this.#farewell?.done(client);
	}

	/** Sends heartbeats and returns the sessions whose client gave no sign of life for too long. */
	beat(now: number): Session[] {
		return [...this.#open.keys()].filter((session) => !session.beat(now));
	}

	/** Clients with a connection that is ready. */
	get connected(): number {
		let count = 0;
		for (const mailbox of this.#mailboxes.values()) if (mailbox.carrier !== undefined) count += 1;
		return count;
	}

	/** How many clients count as there. */
	get numPresent(): number {
		return this.#present.size;
	}

	/** Clients that count as there, ascending: as many as they are, so not to be asked at each join. */
	present(): number[] {
		return [...this.#present].sort((a, b) => a - b);
	}

	isPresent(client: number): boolean {
		return this.#present.has(client);
	}

	mailbox(client: number): Mailbox {
		let mailbox = this.#mailboxes.get(client);
		if (mailbox === undefined) {
			mailbox = new Mailbox(client);
			this.#mailboxes.set(client, mailbox);
		}
		return mailbox;
	}

	mailboxes(): Iterable<Mailbox> {
		return this.#mailboxes.values();
	}

	/** Ends the sessions of a client whose token is no longer valid. */
	expel(client: number): void {
		for (const session of this.#open.keys()) {
			if (session.client !== client) continue;
			session.refuse(new ProtocolError("FL_SESSION_REFUSED", `the token of client ${client} was revoked`));
		}
	}

	/** Nothing comes after what is under way: who hears that need not look for a server that is gone then. */
	ending(): void {
		if (this.#isEnding) return;
		this.#isEnding = true;
		for (const session of this.#open.keys()) session.ending();
	}

	/**
	 * The run is over: tells it to those who are there, and to whoever comes from now on. What it returns waits for clients
	 * that count as there and have not heard it.
	 */
	goodbye(reason: RunEnd): Farewell {
		this.#over = reason;
		const farewell = new Farewell([...this.#present].filter((client) => !this.#departed.has(client)));
		this.#farewell = farewell;
		for (const session of this.#open.keys()) session.goodbye(reason);
		return farewell;
	}

	/** Lets nobody in any more, and ends all sessions so that clients come back. */
	close(): void {
		this.#run = undefined;
		for (const session of this.#open.keys()) session.close();
		for (const timer of this.#graces.values()) clearTimeout(timer);
		this.#graces.clear();
	}

	#enter(client: number, session: Session): Mailbox {
		const mailbox = this.mailbox(client);
		const other = mailbox.carrier;
		if (other instanceof Session) {
			const tookOver = new ProtocolError(
				"FL_SESSION_REFUSED",
				`another connection of client ${client} took over`,
			);
			// What comes late on a connection that the client has given up must not end the one that it is on now.
			if (this.#isNewer(other, session)) throw tookOver;
			mailbox.detach(other);
			other.refuse(tookOver);
		}
		clearTimeout(this.#graces.get(client));
		this.#graces.delete(client);
		this.#departed.delete(client);
		const isNew = !this.#present.has(client);
		this.#present.add(client);
		this.#settings.note({ type: "joined", client });
		if (isNew) this.#settings.change.changed();
		return mailbox;
	}

	#isNewer(one: Session, other: Session): boolean {
		return (this.#open.get(one) ?? 0) > (this.#open.get(other) ?? 0);
	}

	#leave(mailbox: Mailbox, session: Carrier): void {
		if (mailbox.carrier !== session) return;
		mailbox.detach(session);
		const { client } = mailbox;
		this.#settings.note({ type: "left", client });
		const absent = (): void => {
			this.#graces.delete(client);
			this.#present.delete(client);
			this.#farewell?.done(client);
			const detail = `no connection for ${this.#settings.graceSeconds} seconds`;
			mailbox.withdraw(detail, { kind: "lost", status: "lost", reason: "disconnected", detail });
			this.#settings.change.changed();
		};
		this.#graces.set(client, setTimeout(absent, 1000 * this.#settings.graceSeconds));
	}
}
