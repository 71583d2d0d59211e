import { FlSimError, randomStream } from "@fl-sim/core";
import {
	brokenSafetensors,
	faultOfSafetensors,
	mutateSafetensors,
	safetensorsOf,
} from "@fl-sim/testkit/fuzz";
import { readSafetensors, type SafetensorsFile, writeSafetensors } from "@fl-sim/wire";
import { expect, test } from "vitest";
import { foreignFiles, referenceFiles, soundFiles } from "./safetensors-files.fixture.ts";

/** The file, or undefined when it is refused as malformed; anything else is thrown. */
function read(bytes: Uint8Array): SafetensorsFile | undefined {
	try {
		return readSafetensors(bytes);
	} catch (error) {
		if (error instanceof FlSimError && error.code === "FL_WIRE_FORMAT") return undefined;
		throw error;
	}
}

function rewritten({ tensors, metadata }: SafetensorsFile): Uint8Array {
	return writeSafetensors([...tensors.values()], metadata);
}

test("files of the reference implementation come back byte for byte; types that are not read are refused", () => {
	for (const file of soundFiles) {
		expect(faultOfSafetensors(file)).toBeUndefined();
		expect(rewritten(readSafetensors(file))).toEqual(file);
	}
	for (const file of foreignFiles)
		expect(() => readSafetensors(file)).toThrow(/has dtype "(F16|I64)", expected/);
	expect(referenceFiles).toHaveLength(2);
});

test.each(Object.keys(brokenSafetensors))("a file is refused for its fault: %s", (kind) => {
	for (let number = 0; number < 300; number++) {
		const random = randomStream(1, kind, number);
		const file = soundFiles[number % soundFiles.length] as Uint8Array;
		const broken = brokenSafetensors[kind]?.(file, random) ?? file;
		expect(faultOfSafetensors(broken)).toBeDefined();
		expect(read(broken)).toBeUndefined();
	}
});

/** `bench/src/fuzz-safetensors.ts` does the same with 100,000 files. */
test("changed files are read when the format allows them, and only then", () => {
	let numRead = 0;
	for (let number = 0; number < 10_000; number++) {
		const random = randomStream(1, "safetensors", number);
		const file = soundFiles[random.integer(soundFiles.length)] as Uint8Array;
		const other = soundFiles[random.integer(soundFiles.length)] as Uint8Array;
		const mutant = mutateSafetensors(file, other, random);
		const found = read(mutant);
		const isSound = faultOfSafetensors(mutant) === undefined;
		if ((found !== undefined) !== isSound) expect([number, faultOfSafetensors(mutant), found]).toEqual([]);
		if (found === undefined) continue;
		numRead += 1;
		const bytes = rewritten(found);
		if (!Buffer.from(rewritten(readSafetensors(bytes))).equals(bytes))
			expect(number).toBe("written again the same");
	}
	expect(numRead).toBeGreaterThan(500);
});

test("a type that nests 100,000 levels deep is refused, not walked through", () => {
	const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
	const header = `{"a":{"dtype":${nested},"shape":[0],"data_offsets":[0,0]}}`;
	expect(read(safetensorsOf(header, new Uint8Array()))).toBeUndefined();
});
