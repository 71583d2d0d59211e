import type { Checksum } from "./checksum.ts";
import { encodeControlFrame } from "./frame.ts";

/** A way to the peer: one WebSocket, or what stands for it. */
export interface Connection {
	/**
	 * Resolves when there is room for more, whether or not this frame has left; never rejects. `left` is called, if at all,
	 * when the frame's memory may be written to again.
	 */
	send(frame: Uint8Array, left?: () => void): Promise<void>;
	readonly isOpen: boolean;
	/** Tells the peer why, after everything sent before. */
	close(code: number, reason: string): void;
}

/** Sends a message as a control frame. */
export function sendMessage(
	connection: Pick<Connection, "send">,
	message: { readonly type: string },
	checksum: Checksum,
): Promise<void> {
	return connection.send(encodeControlFrame(JSON.stringify(message), checksum));
}
