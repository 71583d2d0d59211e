import type { MessageOf, ServerMessage } from "@fl-sim/protocol";
import type { ClientStores, Compute, ComputePlace } from "./ports.ts";
import type { Workplace } from "./session.ts";
import { type DeskSettings, TaskDesk } from "./task-desk.ts";

type Welcome = MessageOf<ServerMessage, "welcome">;

export interface WorkplaceSettings extends Pick<DeskSettings, "client" | "log"> {
	readonly compute: Compute;
	readonly stores: ClientStores;
}

interface OpenPlace {
	/** The scenario, backend and shape of data that it was opened for. */
	readonly key: string;
	readonly place: ComputePlace;
}

/** Opens data, model, backend and states when the server names them, and again only when it names others. */
export class Workplaces {
	readonly #settings: WorkplaceSettings;
	#place: OpenPlace | undefined;
	#current: { readonly key: string; readonly opening: Promise<Workplace> } | undefined;

	constructor(settings: WorkplaceSettings) {
		this.#settings = settings;
	}

	/** Connections that come while it is being opened wait for the same one. */
	for(welcome: Welcome): Promise<Workplace> {
		const key = JSON.stringify([welcome.run, placeKeyOf(welcome)]);
		if (this.#current?.key !== key) {
			const previous = this.#current?.opening;
			this.#current = { key, opening: this.#replace(previous, welcome) };
		}
		return this.#current.opening;
	}

	/** Resolves when nothing is being written and nothing computed any more. */
	async close(): Promise<void> {
		await closeDesk(this.#current?.opening);
		await this.#place?.place[Symbol.asyncDispose]();
		this.#place = undefined;
	}

	async #replace(previous: Promise<Workplace> | undefined, welcome: Welcome): Promise<Workplace> {
		await closeDesk(previous);
		const { client, log, stores } = this.#settings;
		const place = await this.#placeFor(welcome);
		const store = await stores.open(welcome.run, client);
		return { place, desk: new TaskDesk({ client, place, store, log }) };
	}

	async #placeFor(welcome: Welcome): Promise<ComputePlace> {
		const { scenario, backend, data } = welcome;
		const key = placeKeyOf(welcome);
		if (this.#place?.key === key) return this.#place.place;
		await this.#place?.place[Symbol.asyncDispose]();
		this.#place = undefined;
		const { client, compute } = this.#settings;
		const place = await compute.open({ client, scenario, backend, data });
		this.#place = { key, place };
		return place;
	}
}

/** A server that goes on with a run has written the backend, which was `auto`, into its scenario: it is still the same. */
function placeKeyOf({ scenario, backend, data }: Welcome): string {
	return JSON.stringify([{ ...scenario, backend }, data]);
}

/** A workplace that never opened has nothing to close. */
async function closeDesk(opening: Promise<Workplace> | undefined): Promise<void> {
	const workplace = await opening?.catch(() => undefined);
	await workplace?.desk.close();
}
