import { allBackends } from "@fl-sim/compute";
import { afterEach, expect, test, vi } from "vitest";
import { command } from "./doctor.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

test("doctor tells of every backend whether it works, how fast it is, or what is missing", async () => {
	const written: string[] = [];
	vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		written.push(String(text));
		return true;
	});
	expect(await command.run({ json: true })).toBe(0);
	const findings = JSON.parse(written.join("")) as {
		readonly name: string;
		readonly version: string | null;
		readonly reason: string | null;
		readonly fix: string | null;
		readonly stepsPerSecond: number | null;
	}[];
	expect(findings.map(({ name }) => name)).toEqual(allBackends);
	for (const { version, reason, fix, stepsPerSecond } of findings) {
		if (reason === null) {
			expect(version).toMatch(/^\d+\.\d+/);
			expect(stepsPerSecond).toBeGreaterThan(0);
		} else {
			expect(reason).toMatch(/did not load: ./);
			expect(fix).toMatch(/./);
		}
	}
	expect(findings.filter(({ reason }) => reason === null).map(({ name }) => name)).toEqual(
		expect.arrayContaining(["wasm", "cpu"]),
	);
}, 20_000);
