import { FlSimError, messageOf } from "@fl-sim/core";
import type { MessageOf, ServerMessage } from "@fl-sim/protocol";
import { BackOff } from "./back-off.ts";
import type { Channel, Timer, Transport } from "./ports.ts";
import { runSession, type SessionEnd, type SessionSettings } from "./session.ts";
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

/** How a client's part in a run ended; `left` when it was told to leave. */
export type ClientEnd = MessageOf<ServerMessage, "goodbye">["reason"] | "left";

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

class ClientAgent {
	readonly #settings: ClientSettings;
	readonly #workplaces: Workplaces;
	readonly #backOff: BackOff;
	/** When the server was last known to be there. */
	#lastContact: number;
	/** Whether the user knows that there is no connection. */
	#hasComplained = false;

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
			if (end.kind === "lost") await this.#pause(end.why, leave);
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
		const end = await runSession(
			channel,
			{
				...this.#settings,
				backends: compute.backends,
				workplaceFor: (welcome) => {
					isWelcome = true;
					this.#hasComplained = false;
					log.info({ client, run: welcome.run }, `client ${client} takes part in the run ${welcome.run}`);
					return this.#workplaces.for(welcome);
				},
			},
			leave,
		);
		if (isWelcome) {
			this.#lastContact = timer.now();
			this.#backOff.connectionLasted(this.#lastContact - opened);
		}
		return end;
	}

	async #pause(why: string, leave: AbortSignal): Promise<void> {
		const { client, giveUpAfterSeconds, timer, log } = this.#settings;
		const silent = timer.now() - this.#lastContact;
		const left = giveUpAfterSeconds * 1000 - silent;
		if (left <= 0) {
			throw new FlSimError(
				"FL_SESSION_LOST",
				`client ${client} had no connection to the server for ${(silent / 1000).toFixed(0)} s: ${why}`,
				{ fix: "Check that the server runs and can be reached, then start the client again." },
			);
		}
		// The user is told once, not at every attempt.
		if (!this.#hasComplained) log.warn({ client }, `client ${client}: ${why}; trying again until it works`);
		this.#hasComplained = true;
		await sleep(timer, Math.min(this.#backOff.next(), left), leave);
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
