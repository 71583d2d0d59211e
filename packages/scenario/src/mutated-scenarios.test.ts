import { join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";
import { errorOf, smallScenario, withFiles } from "./small-scenario.fixture.ts";

const lines = smallScenario.split("\n");
/** Lines that hold a key, and the key. */
const keyLines = lines.flatMap((line, index) => {
	const [, indentation = "", key] = /^( *)(\w+):/.exec(line) ?? [];
	return key === undefined ? [] : [{ index, indentation, key, line }];
});
const anyKeyLine = fc.constantFrom(...keyLines);

function withLine(index: number, ...replacement: readonly string[]): string {
	return lines.toSpliced(index, 1, ...replacement).join("\n");
}

const runs = { numRuns: 100 };

test("a key that is renamed is reported at its line, with its name", async () => {
	const newName = fc.stringMatching(/^[a-z]{12}$/);
	await fc.assert(
		fc.asyncProperty(anyKeyLine, newName, async ({ index, indentation, key, line }, name) => {
			const text = withLine(index, line.replace(key, name));
			const error = await errorOf({ "small.yaml": text });
			expect(error.exitCode).toBe(2);
			expect(error.message).toContain(
				`small.yaml:${index + 1}:${indentation.length + 1}: unknown field \`${name}\``,
			);
		}),
		runs,
	);
});

test("a value of another type is reported at its line, with its field", async () => {
	const withValue = fc.constantFrom(
		...keyLines.filter(({ line, key }) => /: [^[{]/.test(line) && key !== "description"),
	);
	// No field of the scenario takes one of these, whatever it takes otherwise.
	const value = fc.constantFrom("[[1]]", "{ a: { b: 1 } }", "-3.5", "false", '"\\u0007"', "2026-01-01 x");
	await fc.assert(
		fc.asyncProperty(withValue, value, async ({ index, key, line }, replacement) => {
			fc.pre(
				!(key === "report" && replacement === "false") && !(key === "name" && replacement.startsWith("2026")),
			);
			const error = await errorOf({
				"small.yaml": withLine(index, line.replace(/: .*/, `: ${replacement}`)),
			});
			expect(error.code).toBe("FL_SCENARIO_INVALID");
			expect(error.message).toContain(`small.yaml:${index + 1}:`);
			expect(error.message).toContain(key === "name" && index > 0 ? "expected one of" : key);
		}),
		runs,
	);
});

test("a key that occurs twice is reported at its second line, with its name", async () => {
	await fc.assert(
		fc.asyncProperty(anyKeyLine, async ({ index, indentation, key, line }) => {
			const isSection = line.endsWith(":");
			const text = withLine(index, ...(isSection ? [`${line} {}`, line] : [line, line]));
			const error = await errorOf({ "small.yaml": text });
			expect(error.code).toBe("FL_SCENARIO_SYNTAX");
			expect(error.message).toContain(
				`small.yaml:${index + 2}:${indentation.length + 1}: the key \`${key}\` occurs twice`,
			);
		}),
		runs,
	);
});

/** What loading a text ends in: nothing wrong, or an error. */
function outcomeOf(text: string): Promise<unknown> {
	return withFiles({ "small.yaml": text }, (folder) =>
		loadScenario(join(folder, "small.yaml")).then(
			() => undefined,
			(error: unknown) => error,
		),
	);
}

function expectPlaced(error: unknown): void {
	if (error === undefined) return;
	expect(error).toBeInstanceOf(FlSimError);
	const { code, exitCode, message, details } = error as FlSimError;
	expect(code).toMatch(/^FL_SCENARIO_/);
	expect(exitCode).toBe(2);
	expect(message).toMatch(/small\.yaml:\d+:\d+: /);
	expect(details).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
}

test("broken indentation is reported with a place, or is no mistake at all", async () => {
	const indentation = fc.constantFrom("", " ", "   ", "      ", "\t", "- ");
	await fc.assert(
		fc.asyncProperty(anyKeyLine, indentation, async ({ index, line }, spaces) => {
			const error = await outcomeOf(withLine(index, `${spaces}${line.trimStart()}`));
			expectPlaced(error);
		}),
		runs,
	);
});

test("whatever is typed into or cut out of a scenario ends in a placed error or in none", async () => {
	const place = fc.nat(smallScenario.length);
	const typed = fc.oneof(
		fc.string({ maxLength: 6 }),
		fc.constantFrom(
			"&a ",
			"*a",
			"!!binary ",
			"? ",
			"- ",
			"<<: ",
			"|",
			">-",
			"%",
			"---\n",
			"...\n",
			"'",
			'"',
			"{",
			"]",
			"\0",
			"\t",
		),
	);
	await fc.assert(
		fc.asyncProperty(place, typed, fc.nat(20), async (start, text, cut) => {
			expectPlaced(await outcomeOf(smallScenario.slice(0, start) + text + smallScenario.slice(start + cut)));
		}),
		{ numRuns: 300 },
	);
});

test("any text at all ends in a placed error", async () => {
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (text) => {
			const error = await outcomeOf(text);
			expect(error).toBeDefined();
			expectPlaced(error);
		}),
		runs,
	);
});
