import { FlSimError, messageOf } from "@fl-sim/core";
import type { MessageOf, ServerMessage } from "@fl-sim/protocol";
import { BackOff } from "./back-off.ts";
import type { Channel, Timer, Transport } from "./ports.ts";
import { runSession, type SessionEnd, type SessionSettings } from "./session.ts";
import type { TaskDesk } from "./task-desk.ts";
import { type WorkplaceSettings, Workplaces } from "./workplaces.ts";

/** What one federated client runs on: nothing here knows what carries it. */
export interface ClientSettings
	extends WorkplaceSettings,
		Pick<SessionSettings, "client" | "token" | "software" | "timer" | "checksum"> {
	readonly transport: Transport;
	/** Uniform over [0, 1), to spread attempts to connect. */
	random(): number;
	/** Seconds without a welcome after which the server counts as lost. */
	readonly giveUpAfterSeconds: number;
}

/**
 * How a client's part in a run ended: as the server said, `left` when it was told to leave, or `gone` when the server went after the
 * last round without a word that arrived, and nothing was left to do here.
 */
export type ClientEnd = MessageOf<ServerMessage, "goodbye">["reason"] | "left" | "gone";

/** Seconds that a server is looked for at least: enough for a few attempts. */
const leastPatience = 5;

/**
 * Takes part in the server's run as one client until it is over or `leave` is aborted, over as many connections as
 * it takes.
 *
 * @throws FL_SESSION_REFUSED, FL_PROTOCOL_VERSION, FL_SESSION_LOST, and what opening data and model fails with.
 */
export async function runClient(settings: ClientSettings, leave: AbortSignal): Promise<ClientEnd> {
	const workplaces = new Workplaces(settings);
	try {
		return await new ClientAgent(settings, workplaces).run(leave);
	} finally {
		await workplaces.close();
	}
}

/** A run as the server told of it last. */
interface KnownRun {
	readonly graceSeconds: number;
	/** Undefined until data and model are open. */
	desk?: TaskDesk;
	/** Nothing comes after what is under way. */
	isEnding: boolean;
}

class ClientAgent {
	readonly #settings: ClientSettings;
	readonly #workplaces: Workplaces;
	readonly #backOff: BackOff;
	/** When the server was last known to be there. */
	#lastContact: number;
	/** Whether the user knows that there is no connection. */
	#hasComplained = false;
	#run: KnownRun | undefined;

	constructor(settings: ClientSettings, workplaces: Workplaces) {
		this.#settings = settings;
		this.#workplaces = workplaces;
		this.#backOff = new BackOff(() => settings.random());
		this.#lastContact = settings.timer.now();
	}

	async run(leave: AbortSignal): Promise<ClientEnd> {
		while (!leave.aborted) {
			const end = await this.#connectOnce(leave);
			if (end.kind === "over") return end.reason;
			if (end.kind === "left") break;
			if (this.#run !== undefined && end.willBeBack === true) this.#run.isEnding = false;
			const mayBeBack = await this.#pause(end.why, leave);
			if (!mayBeBack) return "gone";
		}
		return "left";
	}

	async #connectOnce(leave: AbortSignal): Promise<SessionEnd> {
		const { client, transport, compute, timer, log } = this.#settings;
		let channel: Channel;
		try {
			channel = await transport.connect(leave);
		} catch (error) {
			if (error instanceof FlSimError && error.exitCode === 2) throw error;
			return { kind: "lost", why: messageOf(error) };
		}
		const opened = timer.now();
		let isWelcome = false;
		let wasUseful = false;
		const end = await runSession(
			channel,
			{
				...this.#settings,
				backends: compute.backends,
				workplaceFor: async (welcome) => {
					isWelcome = true;
					this.#hasComplained = false;
					log.info({ client, run: welcome.run }, `client ${client} takes part in the run ${welcome.run}`);
					const run: KnownRun = { graceSeconds: welcome.graceSeconds, isEnding: false };
					this.#run = run;
					const workplace = await this.#workplaces.for(welcome);
					run.desk = workplace.desk;
					return workplace;
				},
				heard: (news) => {
					wasUseful = true;
					if (news === "ending" && this.#run !== undefined) this.#run.isEnding = true;
				},
			},
			leave,
		);
		if (isWelcome) {
			this.#lastContact = timer.now();
			this.#backOff.connectionEnded({ milliseconds: this.#lastContact - opened, wasUseful });
		}
		return end;
	}

	/** Waits before the next attempt; false when there is no point in one. @throws FL_SESSION_LOST */
	async #pause(why: string, leave: AbortSignal): Promise<boolean> {
		const { client, giveUpAfterSeconds, timer, log } = this.#settings;
		const silent = timer.now() - this.#lastContact;
		const isDone = this.#isDone();
		const patience = isDone ? Math.min(giveUpAfterSeconds, this.#patienceAtTheEnd()) : giveUpAfterSeconds;
		const left = patience * 1000 - silent;
		if (left <= 0) {
			const problem = `client ${client} had no connection to the server for ${(silent / 1000).toFixed(0)} s`;
			if (isDone) {
				log.warn({ client }, `${problem}, and its part in the last round is done: the run counts as over`);
				return false;
			}
			throw new FlSimError("FL_SESSION_LOST", `${problem}: ${why}`, {
				fix: "Check that the server runs and can be reached, then start the client again.",
			});
		}
		// The user is told once, not at every attempt.
		if (!this.#hasComplained) {
			const until = isDone
				? `for ${patience.toFixed(0)} s, since the run was about to end`
				: "until it works";
			log.warn({ client }, `client ${client}: ${why}; trying again ${until}`);
		}
		this.#hasComplained = true;
		await sleep(timer, Math.min(this.#backOff.next(), left), leave);
		return true;
	}

	/** Nothing more is wanted of this client, unless the server has to go back to a checkpoint. */
	#isDone(): boolean {
		return this.#run?.isEnding === true && this.#run.desk?.isIdle === true;
	}

	/** A server waits for a client so long before it counts it as gone; so does the client, in seconds. */
	#patienceAtTheEnd(): number {
		return Math.max(leastPatience, this.#run?.graceSeconds ?? 0);
	}
}

function sleep(timer: Timer, milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const wake = (): void => {
			cancel();
			signal.removeEventListener("abort", wake);
			resolve();
		};
		const cancel = timer.after(milliseconds, wake);
		signal.addEventListener("abort", wake, { once: true });
		if (signal.aborted) wake();
	});
}
