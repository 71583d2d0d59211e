import type { Timer } from "../session/index.ts";

/** The clock of this machine, as far as it only goes forward. */
export const nodeTimer: Timer = {
	now: () => performance.now(),
	after(milliseconds, callback) {
		const timer = setTimeout(callback, milliseconds);
		return () => clearTimeout(timer);
	},
};
