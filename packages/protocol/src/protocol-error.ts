import { type ErrorCode, FlSimError } from "@fl-sim/core";

/** A peer that breaks the protocol. The connection is closed with the WebSocket close code that goes with it. */
export class ProtocolError extends FlSimError {
	/** RFC 6455, section 7.4.1. */
	readonly closeCode: number;

	constructor(code: ProtocolErrorCode, message: string, cause?: unknown) {
		super(code, message, cause === undefined ? {} : { cause });
		this.closeCode = closeCodes[code];
	}
}

/** Codes of `ProtocolError` and the close code of each. */
const closeCodes = {
	/** Not a frame: magic, kind, length or checksum. */
	FL_PROTOCOL_FRAME: 1002,
	/** A control frame that is not a message, or not a valid one. */
	FL_PROTOCOL_MESSAGE: 1007,
	/** A message or chunk that nobody may send at this point. */
	FL_PROTOCOL_ORDER: 1002,
	/** More than was agreed upon. */
	FL_PROTOCOL_SIZE: 1009,
	/** The peer speaks another version. */
	FL_PROTOCOL_VERSION: 1002,
	/** Who it is, or what it wants, is not allowed. */
	FL_SESSION_REFUSED: 1008,
	/** Too many messages. */
	FL_SESSION_FLOOD: 1008,
} as const satisfies Partial<Record<ErrorCode, number>>;

export type ProtocolErrorCode = keyof typeof closeCodes;
