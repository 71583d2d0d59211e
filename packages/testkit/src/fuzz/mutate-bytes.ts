import type { RandomStream } from "@fl-sim/core";
import { oddNumbers, pick } from "./odd-values.ts";

type Mutation = (bytes: Uint8Array, random: RandomStream, other: Uint8Array) => Uint8Array;

/** Longest result, so that mutants of mutants stay small. */
const longest = 64 * 1024;

const mutations: readonly Mutation[] = [
	function flipBit(bytes, random) {
		const at = random.integer(bytes.length);
		bytes[at] = (bytes[at] as number) ^ (1 << random.integer(8));
		return bytes;
	},
	function setByte(bytes, random) {
		bytes[random.integer(bytes.length)] = random.integer(256);
		return bytes;
	},
	function addToByte(bytes, random) {
		const at = random.integer(bytes.length);
		bytes[at] = (bytes[at] as number) + random.integer(33) - 16;
		return bytes;
	},
	function setNumber(bytes, random) {
		const width = pick(random, [2, 4, 8]);
		if (bytes.length < width) return bytes;
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		const at = random.integer(bytes.length - width + 1);
		const value = BigInt(pick(random, oddNumbers));
		for (let i = 0; i < width; i++) view.setUint8(at + i, Number((value >> BigInt(8 * i)) & 255n));
		return bytes;
	},
	function cut(bytes, random) {
		return bytes.slice(0, random.integer(bytes.length + 1));
	},
	function remove(bytes, random) {
		const from = random.integer(bytes.length);
		const to = from + 1 + random.integer(Math.min(16, bytes.length - from));
		return joined(bytes.subarray(0, from), bytes.subarray(to));
	},
	function repeat(bytes, random) {
		const from = random.integer(bytes.length);
		const to = from + 1 + random.integer(Math.min(64, bytes.length - from));
		const part = bytes.subarray(from, to);
		const copies = Array.from({ length: 1 + random.integer(8) }, () => part);
		return joined(bytes.subarray(0, to), ...copies, bytes.subarray(to));
	},
	function insert(bytes, random) {
		const at = random.integer(bytes.length + 1);
		const more = Uint8Array.from({ length: 1 + random.integer(12) }, () => random.integer(256));
		return joined(bytes.subarray(0, at), more, bytes.subarray(at));
	},
	function cross(bytes, random, other) {
		const at = random.integer(bytes.length + 1);
		return joined(bytes.subarray(0, at), other.subarray(random.integer(other.length + 1)));
	},
];

/** A changed copy: one to four changes of bits, bytes, numbers or parts, `other` being a source of parts. */
export function mutateBytes(bytes: Uint8Array, random: RandomStream, other: Uint8Array): Uint8Array {
	let changed: Uint8Array = bytes.slice();
	for (let left = 1 + random.integer(4); left > 0; left--) {
		if (changed.length === 0) return joined(other.subarray(0, 1 + random.integer(40)));
		changed = pick(random, mutations)(changed, random, other);
	}
	return changed.length > longest ? changed.slice(0, longest) : changed;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		bytes.set(part, offset);
		offset += part.length;
	}
	return bytes;
}
