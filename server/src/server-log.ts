import pino, { type DestinationStream, type Logger } from "pino";

/** Fields that must not be written, wherever they stand. */
const secrets = ["authorization", "cookie", "proof", "secret", "storedKey"];

/** The log of a server: JSON lines, without secrets. */
export function createServerLog(level: string, destination: DestinationStream): Logger {
	const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
	return pino({ level, redact: { paths, censor: "(removed)" } }, destination);
}
