import { crc32 } from "node:zlib";
import { type ClientMessage, decodeFrame, type Frame, type ServerMessage } from "@fl-sim/protocol";
import type { Direction, Network, NetworkLink } from "./proxy.fixture.ts";

/** What is said on a connection, without the chunks. */
type Message = ServerMessage | ClientMessage;

/** A frame on its way, and what is known of the connection. */
export type Seen = { readonly link: NetworkLink; readonly direction: Direction; readonly client: number } & (
	| { readonly kind: "message"; readonly message: Message }
	| {
			readonly kind: "chunk";
			readonly offset: number;
			readonly length: number;
			/** The message that announced the payload. */
			readonly of: Message;
	  }
);

/** What a connection has said so far. */
class Passage {
	client = -1;
	readonly readers = { up: new FrameReader(), down: new FrameReader() };
	/** Messages that announced payloads, by the number of the payload. */
	readonly announced = { up: new Map<number, Message>(), down: new Map<number, Message>() };
}

/**
 * Looks at all frames that pass a network, before the bytes that complete them do. At a frame that breaks off these bytes
 * do not pass any more, and the connection ends behind those before.
 */
export function watch(network: Network, onSeen: (seen: Seen) => "pass" | "break off"): void {
	const passages = new Map<NetworkLink, Passage>();
	network.onBytes = (link, direction, bytes) => {
		const passage = passages.get(link) ?? new Passage();
		passages.set(link, passage);
		for (const frame of passage.readers[direction].push(bytes)) {
			if (onSeen(seenIn(frame, { link, direction, passage })) === "pass") continue;
			link.end();
			return "swallow";
		}
		return "pass";
	};
}

function seenIn(
	frame: Frame,
	{ link, direction, passage }: { link: NetworkLink; direction: Direction; passage: Passage },
): Seen {
	if (frame.kind === "chunk") {
		const of = passage.announced[direction].get(frame.payload);
		if (of === undefined) throw new Error(`a chunk of payload ${frame.payload}, which nobody announced`);
		const { offset, data } = frame;
		return { link, direction, client: passage.client, kind: "chunk", offset, length: data.length, of };
	}
	const message = JSON.parse(frame.text) as Message;
	if (message.type === "hello") passage.client = message.client;
	if ("payload" in message && typeof message.payload === "object") {
		passage.announced[direction].set(message.payload.id, message);
	}
	return { link, direction, client: passage.client, kind: "message", message };
}

const binary = 2;

/** Cuts one direction of a connection into frames. RFC 6455, section 5.2; fragments of messages do not occur here. */
class FrameReader {
	#rest = Buffer.alloc(0);
	#isUpgraded = false;

	*push(bytes: Buffer): Generator<Frame> {
		this.#rest = Buffer.concat([this.#rest, bytes]);
		if (!this.#isUpgraded) {
			const end = this.#rest.indexOf("\r\n\r\n");
			if (end < 0) return;
			this.#isUpgraded = true;
			this.#rest = this.#rest.subarray(end + 4);
		}
		for (;;) {
			const place = extent(this.#rest);
			if (place === undefined || place.end > this.#rest.length) return;
			const frame = this.#rest.subarray(0, place.end);
			this.#rest = this.#rest.subarray(place.end);
			if ((frame.readUInt8(0) & 0x0f) === binary) yield decodeFrame(unmasked(frame, place.start), crc32);
		}
	}
}

/** Place of the content and end of the frame that `bytes` begin with. */
function extent(bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
	if (bytes.length < 2) return undefined;
	const short = bytes.readUInt8(1) & 0x7f;
	const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
	const start = 2 + lengthBytes + (isMasked(bytes) ? 4 : 0);
	if (bytes.length < start) return undefined;
	const lengths = {
		0: () => short,
		2: () => bytes.readUInt16BE(2),
		8: () => Number(bytes.readBigUInt64BE(2)),
	};
	return { start, end: start + lengths[lengthBytes]() };
}

function isMasked(frame: Buffer): boolean {
	return frame.readUInt8(1) >= 0x80;
}

function unmasked(frame: Buffer, start: number): Buffer {
	const content = Buffer.from(frame.subarray(start));
	if (!isMasked(frame)) return content;
	const mask = frame.subarray(start - 4, start);
	for (let i = 0; i < content.length; i++) content[i] = (content[i] as number) ^ (mask[i % 4] as number);
	return content;
}
