import { FlSimError, messageOf, visibleLines } from "@fl-sim/core";
import { type DestinationStream, type Logger, pino } from "pino";

/** Fields that must not be written, wherever they stand. */
const secrets = ["authorization", "cookie", "proof", "secret", "storedKey"];

const redact = {
	paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
	censor: "(removed)",
};

/**
 * The log of a server: JSON lines with the place that the run is at, without secrets. Of what peers say in it nothing
 * reaches a terminal as a command.
 */
export function createServerLog(destination: DestinationStream, place: () => object): Logger {
	const settings = { base: null, timestamp: pino.stdTimeFunctions.isoTime, redact };
	const visible = { write: (line: string) => destination.write(visibleLines(line)) };
	return pino({ ...settings, mixin: () => ({ ...place() }) }, visible);
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
