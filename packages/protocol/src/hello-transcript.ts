import { protocolVersion } from "./limits.ts";

/** What the proof in a hello covers: it is worth nothing on another connection, for another client or version. */
export function helloTranscript(hello: {
	/** Nonce of the server's challenge. */
	readonly serverNonce: string;
	readonly clientNonce: string;
	readonly client: number;
}): Uint8Array {
	const { serverNonce, clientNonce, client } = hello;
	return new TextEncoder().encode(`fl-sim hello ${protocolVersion} ${serverNonce} ${clientNonce} ${client}`);
}
