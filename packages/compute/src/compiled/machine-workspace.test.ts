import { subtract } from "@fl-sim/core";
import { array, assert, constantFrom, float, integer, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { createKernelMemory } from "./kernel-memory.ts";
import { machineWorkspace } from "./machine-workspace.ts";

const memory = createKernelMemory(2 ** 22);

test("a difference has the bits of a plain one, outlives the workspace and changes nothing else", () => {
	const size = oneof(integer({ min: 1, max: 40 }), constantFrom(4095, 4096, 4097, 9001));
	const values = array(float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 9 });
	assert(
		property(size, values, values, (length, some, others) => {
			const fill = (from: readonly number[]) =>
				Float32Array.from({ length }, (_, i) => from[i % from.length] as number);
			const [end, start] = [fill(some), fill(others)];
			const workspace = machineWorkspace(memory, length);
			const params = workspace.vector(end);
			const gradient = workspace.vector(start);
			const difference = workspace.difference(params, start);
			expect([params, gradient, start]).toEqual([end, fill(others), fill(others)]);
			params.fill(7);
			workspace.close();
			expect(difference).toEqual(subtract(end, start));
			expect(difference.buffer).not.toBe(memory.memory.buffer);
		}),
	);
});
