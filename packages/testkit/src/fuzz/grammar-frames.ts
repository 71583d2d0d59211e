import { crc32 } from "node:zlib";
import type { RandomStream } from "@fl-sim/core";
import {
	chunkFrameOf,
	chunkKind,
	contentOf,
	controlFrameOf,
	controlKind,
	frameOf,
	kindOf,
} from "./frame-bytes.ts";
import { type Grammar, messageOfGrammar } from "./message-grammar.ts";
import { mutateJson, oddValue, writeTokens } from "./mutate-json.ts";
import { oddKeys, oddNumbers, pick } from "./odd-values.ts";

/** What a frame is made of. */
export interface FrameDraw {
	readonly random: RandomStream;
	readonly grammar: Grammar;
	/** What an honest peer would send now. */
	readonly honest: Uint8Array;
	/** Longest control frame and longest frame that are taken. */
	readonly limits: readonly number[];
}

type MakeFrame = (draw: FrameDraw) => Uint8Array;

/** Frames that are wrong in one way each, or right at the wrong time. */
export const grammarFrames: Readonly<Record<string, MakeFrame>> = {
	"wrong length": ({ random, honest }) => {
		const shorter = honest.subarray(0, honest.length - 1 - random.integer(Math.min(8, honest.length - 1)));
		return pick(random, [shorter, padded(honest, 1 + random.integer(16))]);
	},
	truncated: ({ random, honest }) => honest.slice(0, random.integer(honest.length)),
	oversized: ({ random, honest, limits }) => {
		const length = pick(random, limits) + random.integer(3) - 1;
		const content = new Uint8Array(length - 12).fill(pick(random, [0x20, 0x5b, 0x7b, 0]));
		content.set(contentOf(honest).subarray(0, content.length));
		return frameOf(pick(random, [controlKind, chunkKind]), content, pick(random, [0, crc32(content)]));
	},
	"wrong checksum": ({ random, honest }) => {
		const content = contentOf(honest);
		const right = crc32(content);
		const wrong = pick(random, [0, right ^ (1 << random.integer(32)), ~right, random.uint32()]) >>> 0;
		return frameOf(kindOf(honest), content, wrong);
	},
	"wrong kind": ({ random, honest }) =>
		frameOf(pick(random, [0, 1, 2, 3, 255, 256, 2 ** 31, 2 ** 32 - 1]), contentOf(honest)),
	"wrong magic": ({ random, honest }) => {
		const frame = honest.slice();
		frame.set(Buffer.from(pick(random, ["FLS0", "FLS2", "fls1", "1SLF", "GET ", "\0\0\0\0"])));
		return frame;
	},
	"wrong offset": ({ random }) => {
		const offset = pick(random, [
			0n,
			1n,
			15n,
			16n,
			28n,
			2n ** 31n,
			2n ** 32n - 1n,
			2n ** 32n,
			2n ** 64n - 1n,
		]);
		return chunkFrameOf(1 + random.integer(3), offset, anyBytes(random, 1 + random.integer(20)));
	},
	"wrong transfer": ({ random }) => {
		const payload = pick(random, [0, 1, 2, 3, 100, 2 ** 32 - 1]);
		return chunkFrameOf(payload, BigInt(16 * random.integer(3)), anyBytes(random, pick(random, [4, 12, 16])));
	},
	"empty chunk": ({ random }) => chunkFrameOf(random.integer(3), 0n, new Uint8Array()),
	"out of order": ({ random, grammar }) => controlFrameOf(messageOfGrammar(grammar, random, 0)),
	"odd message": ({ random, grammar }) => controlFrameOf(messageOfGrammar(grammar, random, 0.15)),
	"odd field": ({ random, honest, grammar }) =>
		controlFrameOf(mutateJson(textOf(honest, grammar, random), random)),
	"nested JSON": ({ random, grammar }) => {
		const depth = pick(random, [10, 61, 62, 63, 64, 65, 66, 500, 2000]);
		const [open, close] = pick(random, [
			["[", "]"],
			['{"a":', "}"],
		] as const);
		const nested = `${open.repeat(depth)}${open === "[" ? "" : "1"}${close.repeat(depth)}`;
		return controlFrameOf(withField(messageOfGrammar(grammar, random, 0), "scenario", nested));
	},
	"prototype keys": ({ random, grammar }) => {
		const key = pick(random, oddKeys.slice(0, 4));
		const value = pick(random, ['{"polluted":true}', '{"prototype":{"polluted":true}}', "null"]);
		return controlFrameOf(withField(messageOfGrammar(grammar, random, 0), key, value));
	},
	"key named twice": ({ random, grammar }) => {
		const message = messageOfGrammar(grammar, random, 0);
		const key = pick(random, ["type", "ty\\u0070e", "payload", "task"]);
		return controlFrameOf(withField(message, key, writeTokens(JSON.stringify(oddValue(random)))));
	},
	"no number": ({ random, grammar }) => {
		const token = pick(random, [
			"NaN",
			"Infinity",
			"-Infinity",
			"1e400",
			"-1e999",
			"9007199254740993",
			"-0",
			"1e-400",
		]);
		const message = messageOfGrammar(grammar, random, 0);
		const numbers = [...message.matchAll(/(?<=:)-?\d[\d.e+-]*/g)];
		if (numbers.length === 0) return controlFrameOf(withField(message, "offset", token));
		const { index, 0: number } = pick(random, numbers);
		return controlFrameOf(message.slice(0, index) + token + message.slice(index + number.length));
	},
	"no UTF-8": ({ random, grammar }) => {
		const content = Buffer.from(messageOfGrammar(grammar, random, 0));
		content.set(
			pick(random, [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8], [0xef, 0xbb, 0xbf]]),
			random.integer(4),
		);
		return frameOf(controlKind, content);
	},
	"odd number": ({ random, grammar }) => {
		const message = messageOfGrammar(grammar, random, 0);
		return controlFrameOf(message.replace(/(?<=:)\d+/, () => String(pick(random, oddNumbers))));
	},
};

function textOf(honest: Uint8Array, grammar: Grammar, random: RandomStream): string {
	const isControl = kindOf(honest) === controlKind;
	return isControl ? Buffer.from(contentOf(honest)).toString("utf8") : messageOfGrammar(grammar, random, 0);
}

function withField(message: string, key: string, value: string): string {
	return message.replace(/^\{/, () => `{"${key}":${value},`);
}

function anyBytes(random: RandomStream, length: number): Uint8Array {
	return Uint8Array.from({ length }, () => random.integer(256));
}

function padded(bytes: Uint8Array, more: number): Uint8Array {
	const longer = new Uint8Array(bytes.length + more);
	longer.set(bytes);
	return longer;
}
