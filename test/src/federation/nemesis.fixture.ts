import { connect } from "node:net";
import type { RandomStream } from "@fl-sim/core";
import type { Direction, Network, NetworkLink } from "./proxy.fixture.ts";

/** What can become of a connection. */
const mishaps = ["cut", "half-open", "silence", "duplicate"] as const;
export type Mishap = (typeof mishaps)[number];

interface Life {
	/** Bytes after which something happens. */
	readonly until: number;
	readonly mishap: Mishap;
	/** All that the client has said. */
	readonly said: Buffer[];
	isSilent: boolean;
}

/** A handshake must be able to end before anything happens, or no client would ever be ready. */
const spared = 3000;
const mostBytes = 30_000;

/**
 * Something happens to connections, as the seed says, `most` times in all. The connection is cut; its client's half
 * breaks and what the client has said last arrives after the client is back; nothing passes any more in either direction; all that the
 * client has said arrives once more on a second connection.
 *
 * @returns how often what has happened.
 */
export function unleash(
	network: Network,
	random: RandomStream,
	most: number,
): Readonly<Record<Mishap, number>> {
	const happened = { cut: 0, "half-open": 0, silence: 0, duplicate: 0 };
	const lives = new WeakMap<NetworkLink, Life>();
	let left = most;

	function lifeOf(link: NetworkLink): Life {
		const life = lives.get(link) ?? {
			until: spared + random.integer(mostBytes),
			mishap: mishaps[random.integer(mishaps.length)] as Mishap,
			said: [],
			isSilent: false,
		};
		lives.set(link, life);
		return life;
	}

	network.onBytes = (link: NetworkLink, direction: Direction, bytes: Buffer) => {
		const life = lifeOf(link);
		if (life.isSilent) return "swallow";
		if (direction === "up") life.said.push(bytes);
		const isDue = link.passed.up + link.passed.down + bytes.length > life.until;
		if (!isDue || left === 0 || happenedTo.has(link)) return "pass";
		// What arrives late must be something that the client has said.
		if (life.mishap === "half-open" && direction === "down") return "pass";
		happenedTo.add(link);
		left -= 1;
		happened[life.mishap] += 1;
		switch (life.mishap) {
			case "cut":
				return "cut";
			case "half-open":
				link.halve({ bytes, milliseconds: random.integer(2000) });
				return "swallow";
			case "silence":
				life.isSilent = true;
				return "swallow";
			case "duplicate":
				sayAgain(life.said, network.target);
				return "pass";
		}
	};
	const happenedTo = new WeakSet<NetworkLink>();
	return happened;
}

function sayAgain(said: readonly Buffer[], target: number | undefined): void {
	if (target === undefined) return;
	const socket = connect(target, "127.0.0.1");
	socket.on("error", () => socket.destroy());
	socket.resume();
	socket.end(Buffer.concat(said));
}
