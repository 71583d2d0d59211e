import { crc32 } from "node:zlib";

/** Frames as docs/protocol.md has them, written and judged without the code that is tested. */
export const controlKind = 1;
export const chunkKind = 2;
const magic = Buffer.from("FLS1");
const headerLength = 12;
const largestChunk = 1024 * 1024;

/** A frame of a kind with its content, and the right checksum unless another is named. */
export function frameOf(kind: number, content: Uint8Array, checksum = crc32(content)): Uint8Array {
	const frame = new Uint8Array(headerLength + content.length);
	const view = new DataView(frame.buffer);
	frame.set(magic);
	view.setUint32(4, kind, true);
	view.setUint32(8, checksum, true);
	frame.set(content, headerLength);
	return frame;
}

export function controlFrameOf(text: string): Uint8Array {
	return frameOf(controlKind, Buffer.from(text));
}

export function chunkFrameOf(payload: number, offset: bigint, data: Uint8Array): Uint8Array {
	const content = new Uint8Array(12 + data.length);
	const view = new DataView(content.buffer);
	view.setUint32(0, payload, true);
	view.setBigUint64(4, offset, true);
	content.set(data, 12);
	return frameOf(chunkKind, content);
}

export function contentOf(frame: Uint8Array): Uint8Array {
	return frame.subarray(headerLength);
}

export function kindOf(frame: Uint8Array): number {
	if (frame.length < headerLength) return 0;
	return new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(4, true);
}

/** What a receiver takes. */
export interface FrameRules {
	/** Longest frame of any kind, where there is such a limit. */
	readonly longest: number;
	/** Longest control frame. */
	readonly longestControl: number;
	/** Whether an object is a message, apart from its keys. */
	accepts(message: unknown): boolean;
}

/**
 * The close codes that the faults of a frame allow, whatever state the receiver is in; undefined when the frame has no
 * fault. Of several faults the receiver may name any.
 */
export function codesOfFaults(frame: Uint8Array, rules: FrameRules): readonly number[] | undefined {
	const codes = new Set<number>();
	if (frame.length > rules.longest) codes.add(1009);
	const kind = kindOf(frame);
	const isFrame = frame.length >= headerLength && magic.equals(frame.subarray(0, 4));
	if (!isFrame || (kind !== controlKind && kind !== chunkKind)) codes.add(1002);
	else {
		const content = contentOf(frame);
		const found = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(8, true);
		if (found !== crc32(content)) codes.add(1002);
		if (kind === controlKind) {
			if (content.length === 0) codes.add(1002);
			if (frame.length > rules.longestControl) codes.add(1009);
			if (!isMessage(content, rules)) codes.add(1007);
		} else {
			if (content.length <= 12) codes.add(1002);
			else if (offsetOf(content) >= 2n ** 32n) codes.add(1002);
			if (content.length > 12 + largestChunk) codes.add(1009);
		}
	}
	return codes.size === 0 ? undefined : [...codes];
}

function offsetOf(content: Uint8Array): bigint {
	return new DataView(content.buffer, content.byteOffset, content.byteLength).getBigUint64(4, true);
}

function isMessage(content: Uint8Array, rules: FrameRules): boolean {
	let text: string;
	let message: unknown;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
		message = JSON.parse(text);
	} catch {
		return false;
	}
	// With its texts emptied, JSON has a colon for each key; of equal keys the parser has kept one.
	const marks = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "");
	const colons = marks.split(":").length - 1;
	if (colons + marks.split(",").length - 1 > 20_000) return false;
	return colons === countKeys(message, 0) && rules.accepts(message);
}

/** Keys at all depths; infinite when one is forbidden, or when it nests too deep. */
function countKeys(value: unknown, depth: number): number {
	if (typeof value !== "object" || value === null) return 0;
	if (depth >= 64) return Number.POSITIVE_INFINITY;
	let count = 0;
	for (const [key, item] of Object.entries(value)) {
		if (!Array.isArray(value)) {
			if (["__proto__", "constructor", "prototype"].includes(key)) return Number.POSITIVE_INFINITY;
			count += 1;
		}
		count += countKeys(item, depth + 1);
	}
	return count;
}
