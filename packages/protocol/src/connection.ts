import type { Checksum } from "./checksum.ts";
import { encodeChunkFrame, encodeControlFrame } from "./frame.ts";

/** A way to the peer: one WebSocket, or what stands for it. */
export interface Connection {
	/** Resolves when there is room for more, whether or not this frame has left; never rejects. */
	send(frame: Uint8Array): Promise<void>;
	readonly isOpen: boolean;
	/** Tells the peer why, after everything sent before. */
	close(code: number, reason: string): void;
}

/** Sends a message as a control frame. */
export function sendMessage(
	connection: Connection,
	message: { readonly type: string },
	checksum: Checksum,
): Promise<void> {
	return connection.send(encodeControlFrame(JSON.stringify(message), checksum));
}

export interface OutgoingPayload {
	/** Its number on this connection. */
	readonly id: number;
	readonly bytes: Uint8Array;
	/** Where the receiver wants it from. */
	readonly from: number;
}

/**
 * Sends a payload in chunks, one after the other as the connection takes them: what waits is one chunk, whatever the
 * size of the payload. Ends early when the connection closes or `isWanted` says so.
 */
export async function sendPayload(
	connection: Connection,
	{ id, bytes, from }: OutgoingPayload,
	settings: { readonly chunkBytes: number; readonly checksum: Checksum; isWanted(): boolean },
): Promise<void> {
	const { chunkBytes, checksum } = settings;
	for (let offset = from; offset < bytes.length; offset += chunkBytes) {
		if (!connection.isOpen || !settings.isWanted()) return;
		const data = bytes.subarray(offset, offset + chunkBytes);
		await connection.send(encodeChunkFrame({ payload: id, offset, data }, checksum));
	}
}
