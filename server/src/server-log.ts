import { FlSimError, messageOf } from "@fl-sim/core";
import { type DestinationStream, type Logger, pino } from "pino";

/** Fields that must not be written, wherever they stand. */
const secrets = ["authorization", "cookie", "proof", "secret", "storedKey"];

const redact = {
	paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
	censor: "(removed)",
};

/** The log of a server: JSON lines with the place that the run is at, without secrets. */
export function createServerLog(destination: DestinationStream, place: () => object): Logger {
	const settings = { base: null, timestamp: pino.stdTimeFunctions.isoTime, redact };
	return pino({ ...settings, mixin: () => ({ ...place() }) }, destination);
}

/**
 * Where a server's log goes: into the file, or to standard error where that is no terminal.
 *
 * @throws FL_USAGE when the file cannot be written.
 */
export function logDestination(file: string | undefined): DestinationStream {
	if (file === undefined) {
		return process.stderr.isTTY ? { write: () => undefined } : pino.destination({ dest: 2, sync: true });
	}
	try {
		return pino.destination({ dest: file, sync: true });
	} catch (cause) {
		throw new FlSimError("FL_USAGE", `--log: ${messageOf(cause)}`, { cause });
	}
}
