import { expect, test } from "vitest";
import { expectRobust, flSimErrorOf, temporaryFile } from "./sample-files.fixture.ts";
import { readText, type TextOptions } from "./text.ts";

const standard: TextOptions = { window: 3, stride: 1, minimumExamples: 2, testFraction: 0.4 };

const play = [
	"A prologue without a speaker.",
	"",
	"ROMEO:",
	"abcdef",
	"note: not a speaker:",
	"",
	"JULIET:",
	"ghij",
	"",
	"SERVANT:",
	"x",
	"",
	"ROMEO:",
	"klm",
	"",
].join("\n");

async function read(text: string, options: Partial<TextOptions> = {}) {
	return await readText(await temporaryFile("input.txt", text), { ...standard, ...options });
}

function windowText(
	{ features, labels, classNames, featureShape }: Awaited<ReturnType<typeof read>>["train"],
	i: number,
) {
	const window = featureShape[0] as number;
	const tokens = [...features.values.subarray(i * window, (i + 1) * window), labels[i] as number];
	return tokens.map((token) => classNames?.[token]).join("");
}

test("all speeches of a speaker are one text, cut into windows and the next character", async () => {
	const { train } = await read(play, { minimumExamples: 1 });
	expect(train.ownerNames).toEqual(["ROMEO"]);
	expect(windowText(train, 0)).toBe("abcd");
	expect(windowText(train, 4)).toBe("ef\nn");
	expect(train.featureShape).toEqual([3, train.numClasses]);
	expect(train.features).toMatchObject({ kind: "tokens", vocabularySize: train.numClasses });
	expect(train.classNames?.[0]).toBe("\n");
	expect(train.features.values.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("the test set is the end of each speaker's text and shares no character with the training set", async () => {
	const spoken = "abcdefghijklmnopqrst";
	const { train, test } = await read(`ROMEO:\n${spoken}`);
	const whole = `${spoken}\n`; // 21 characters, of which 12 are for training
	expect(train.numExamples).toBe(12 - 3);
	expect(windowText(train, 8)).toBe(whole.slice(8, 12));
	expect(test.numExamples).toBe(9 - 3);
	expect(windowText(test, 0)).toBe(whole.slice(12, 16));
});

test("speakers with too few training examples are left out", async () => {
	const text = `A:\n${"a".repeat(30)}\n\nB:\nbbbbbbb\n\nC:\n${"c".repeat(30)}\n`;
	const { train, test } = await read(text);
	expect(train.ownerNames).toEqual(["A", "C"]);
	expect(new Set(train.owners)).toEqual(new Set([0, 1]));
	expect(test.ownerNames).toEqual(["A", "C"]);
	expect((await read(text, { minimumExamples: 1 })).train.ownerNames).toEqual(["A", "B", "C"]);
});

test("the stride leaves windows out", async () => {
	const text = `A:\n${"abcdefghij".repeat(4)}\n`;
	const [every, second] = [await read(text), await read(text, { stride: 2 })];
	expect(second.train.numExamples).toBe(Math.ceil(every.train.numExamples / 2));
	expect(windowText(second.train, 1)).toBe(windowText(every.train, 2));
});

test("Windows line ends make no difference", async () => {
	const text = `A:\n${"abcdefghij".repeat(4)}\n`;
	const [unix, windows] = [await read(text), await read(text.replaceAll("\n", "\r\n"))];
	expect(windows.train.features.values).toEqual(unix.train.features.values);
});

test("text without speakers, and speakers without enough text, are errors", async () => {
	expect((await flSimErrorOf(read("just\nwords\n"))).message).toMatch(/line 1: found no speaker/);
	const error = await flSimErrorOf(read(play, { minimumExamples: 1000 }));
	expect(error.message).toMatch(/found 3 speakers, none with enough text/);
});

test("bytes that are not UTF-8 are told with the line, and an empty file is an error", async () => {
	const bytes = Buffer.from("A:\nabc\nx\n", "latin1");
	bytes[7] = 0xff;
	const error = await flSimErrorOf(readText(await temporaryFile("a.txt", bytes), standard));
	expect(error.message).toMatch(/line 3: found bytes that are not UTF-8/);
	expect((await flSimErrorOf(read(""))).code).toBe("FL_DATA_TRUNCATED");
});

test("more characters than a byte can number are an error", async () => {
	const many = Array.from({ length: 257 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
	expect((await flSimErrorOf(read(`A:\n${many}\n`))).message).toMatch(/more than 256 different characters/);
});

test("damaged texts give a result or an FlSimError", async () => {
	await expectRobust("a.txt", Buffer.from(play), (file) =>
		readText(file, { ...standard, minimumExamples: 1 }),
	);
});
