/** Version of the protocol that this code speaks; peers of another version are refused. */
export const protocolVersion = 1;

/** Sizes in bytes that both sides keep to. */
export const limits = {
	/** A control frame, header included. */
	controlFrame: 1024 * 1024,
	/** A control frame of a client: its longest texts, each character escaped. */
	clientControlFrame: 32 * 1024,
	/** A frame of a client that is not yet ready. */
	helloFrame: 8 * 1024,
	/** Data in one chunk frame, unless the welcome says less. */
	chunkData: 256 * 1024,
	/** Data in the largest chunk frame that is accepted. */
	maxChunkData: 1024 * 1024,
	/** A whole payload: what one array can hold everywhere. */
	payload: 2 ** 32,
} as const;

/** Heartbeat intervals without a sign of life after which a connection counts as dead. */
export const patienceInHeartbeats = 2.5;
