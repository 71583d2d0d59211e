import type { RandomStream } from "@fl-sim/core";

/** Whole numbers at which lengths, offsets and counts break. */
export const oddNumbers: readonly number[] = [
	0,
	1,
	2,
	7,
	8,
	15,
	16,
	17,
	24,
	27,
	28,
	29,
	127,
	255,
	256,
	65_535,
	1_048_576,
	1_048_577,
	2 ** 31 - 1,
	2 ** 31,
	2 ** 32 - 1,
	2 ** 32,
	2 ** 32 + 1,
	2 ** 53 - 1,
	2 ** 53,
	-1,
];

/** Tokens in the place of a JSON value: numbers that JSON has not, or that a double does not hold. */
export const oddTokens: readonly string[] = [
	"NaN",
	"Infinity",
	"-Infinity",
	"1e400",
	"-1e400",
	"-0",
	"0.5",
	"1e-320",
	"0x10",
	"01",
	"9007199254740993",
	"18446744073709551616",
	"null",
	"true",
	'""',
	"[]",
	"{}",
	"[[[]]]",
	'{"__proto__":{"polluted":true}}',
	'{"constructor":{"prototype":{"polluted":true}}}',
	'{"toString":1,"valueOf":2}',
	'"\\ud800"',
	'"\\u0000\\n\\u001b[2J"',
	'"__proto__"',
	"undefined",
	"",
];

/** Keys that objects have by themselves, or that a message has already. */
export const oddKeys: readonly string[] = [
	"__proto__",
	"\\u005f_proto__",
	"constructor",
	"prototype",
	"toString",
	"hasOwnProperty",
	"type",
	"payload",
	"id",
	"task",
	"",
];

export function pick<Item>(random: RandomStream, items: readonly Item[]): Item {
	return items[random.integer(items.length)] as Item;
}

export function chance(random: RandomStream, probability: number): boolean {
	return random.uniform() < probability;
}
