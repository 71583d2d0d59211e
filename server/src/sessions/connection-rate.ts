import { isIPv6 } from "node:net";

/** What becomes of a connection; the first that is refused begins a burst, of which one line in a log is enough. */
export type Admission = "admitted" | "first refused" | "refused";

interface Allowance {
	left: number;
	/** When `left` was right, in milliseconds. */
	at: number;
	isRefusing: boolean;
}

/**
 * New connections of each address: so many at once, and as many again in each minute. A burst of refusals is over when
 * the address has its whole allowance back.
 */
export class ConnectionRate {
	readonly #perMinute: number;
	readonly #allowances = new Map<string, Allowance>();

	constructor(perMinute: number) {
		this.#perMinute = perMinute;
	}

	/** Counts a connection. */
	take(address: string, now: number): Admission {
		const network = networkOf(address);
		const allowance = this.#allowances.get(network) ?? { left: this.#perMinute, at: now, isRefusing: false };
		this.#allowances.set(network, allowance);
		this.#refill(allowance, now);
		if (allowance.left >= 1) {
			allowance.left -= 1;
			return "admitted";
		}
		const admission = allowance.isRefusing ? "refused" : "first refused";
		allowance.isRefusing = true;
		return admission;
	}

	/** Drops what is known of addresses that have their whole allowance; returns how many others there are. */
	forget(now: number): number {
		for (const [network, allowance] of this.#allowances) {
			this.#refill(allowance, now);
			if (allowance.left >= this.#perMinute) this.#allowances.delete(network);
		}
		return this.#allowances.size;
	}

	#refill(allowance: Allowance, now: number): void {
		const earned = ((now - allowance.at) / 60_000) * this.#perMinute;
		allowance.left = Math.min(this.#perMinute, allowance.left + earned);
		allowance.at = now;
		if (allowance.left >= this.#perMinute) allowance.isRefusing = false;
	}
}

/** Who has an address of IPv6 has all that begin with the same 64 bits. */
export function networkOf(address: string): string {
	const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
	if (mapped !== undefined) return mapped;
	if (!isIPv6(address)) return address;
	const [head = [], tail = []] = address
		.replace(/%.*$/, "")
		.split("::")
		.map((part) => part.split(":").filter((group) => group !== ""));
	const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
	return `${[...head, ...zeros, ...tail].slice(0, 4).join(":").toLowerCase()}::/64`;
}
