import { beforeEach, expect, test, vi } from "vitest";
import type { Argv } from "yargs";
import type { Arguments, CommandEntry } from "./command.ts";
import type { Program } from "./program.ts";
import { runCommand } from "./run-command.ts";

const called: [name: string, args: Arguments][] = [];

function entry(name: string, usage: string, code = 0): CommandEntry {
	const describe = `What ${name} does`;
	return {
		name,
		describe,
		load: async () => ({
			usage,
			describe,
			configure: (parser: Argv) =>
				parser
					.positional("file", { type: "string", describe: "A file" })
					.option("number", { type: "number", describe: "A number" })
					.option("text", { type: "string", array: true, describe: "Texts" }),
			run: async (args) => {
				called.push([name, args]);
				return code;
			},
		}),
	};
}

const program: Program = {
	name: "example",
	title: "an example",
	manifest: new URL("../package.json", import.meta.url),
	usage: [],
	examples: [],
	commands: [entry("play", "play <file>"), entry("list", "list", 3)],
	fileCommand: "play",
	hint: (word) => `Perhaps ${word}.txt was meant.`,
};

const run = (...words: string[]): Promise<number> => runCommand(program, words);

beforeEach(() => {
	called.length = 0;
});

test("a command runs with its arguments, and its code is the program's", async () => {
	expect(await run("list", "--number", "4", "--text", "a", "--text", "b")).toBe(3);
	expect(called).toEqual([["list", expect.objectContaining({ number: 4, text: ["a", "b"] })]]);
});

test("a word that can be no command is a file", async () => {
	for (const words of [["x.yaml"], ["a/x"], ["--number", "4", "x.yaml"]]) {
		called.length = 0;
		expect(await run(...words)).toBe(0);
		expect(called).toEqual([["play", expect.objectContaining({ file: words.at(-1) })]]);
	}
});

test("an unknown word is answered with the nearest command and what else may be meant", async () => {
	await expect(run("lst")).rejects.toMatchObject({
		code: "FL_USAGE",
		message: "there is no command `lst`; did you mean `list`?",
		fix: "Known: play, list. Perhaps lst.txt was meant.",
	});
	await expect(runCommand({ ...program, fileCommand: "none" }, ["x.yaml"])).rejects.toMatchObject({
		code: "FL_USAGE",
	});
});

test("mistakes in arguments name the program, the command and the nearest option", async () => {
	const mistakes = [
		[["list", "--nubmer", "3"], /^example list: unknown argument `nubmer`; did you mean `--number`\?$/],
		[["list", "--number", "x"], /^example list: --number is no number$/],
		[["list", "--number", "1", "--number", "2"], /^example list: --number is given twice/],
		[["list", "--text"], /^example list: /],
		[["play"], /^example play: an argument is missing$/],
	] as const;
	for (const [words, message] of mistakes) {
		await expect(run(...words), words.join(" ")).rejects.toMatchObject({
			code: "FL_USAGE",
			message: expect.stringMatching(message),
			fix: expect.stringContaining(`\`example ${words[0]} --help\``),
		});
	}
	expect(called).toEqual([]);
});

test("the help of a command has the program's name and runs nothing", async () => {
	const written: string[] = [];
	const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		written.push(String(text));
		return true;
	});
	try {
		expect(await run("play", "--help")).toBe(0);
	} finally {
		spy.mockRestore();
	}
	expect(written.join("")).toMatch(/^example play <file>\n\nWhat play does/);
	expect(called).toEqual([]);
});
