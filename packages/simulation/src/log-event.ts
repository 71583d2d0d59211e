import type { RunEvent } from "@fl-sim/core";
import type { RunLog } from "@fl-sim/runs";

/** Writes an event to the run's log: milestones as information, losses as warnings, clients for debugging. */
export function logEvent(logger: RunLog["logger"], event: RunEvent): void {
	const { type, ...fields } = event;
	switch (type) {
		case "client.replied":
		case "round.started":
		case "evaluated.clients":
		case "evaluated.personal":
		case "measured":
			logger.debug({ type, round: "round" in fields ? fields.round : undefined });
			return;
		case "client.lost":
			logger.warn(fields, type);
			return;
		case "run.failed":
			logger.error(fields, type);
			return;
		case "run.started":
		case "round.finished":
		case "evaluated.central":
		case "checkpoint.written":
		case "run.finished":
		case "run.interrupted":
			logger.info(fields, type);
	}
}
