import { expect, test } from "vitest";
import { createWorkspace } from "./workspace.ts";

/** A backend whose allocator gives these addresses one after the other. */
function backendOf(addresses: number[], freed: number[] = []): Parameters<typeof createWorkspace>[0] {
	return {
		wasm: {
			_malloc: () => addresses.shift() ?? 0,
			_free: (address: number) => void freed.push(address),
		},
	};
}

test("rooms do not overlap, begin at multiples of 64 and are used again while they are large enough", () => {
	const freed: number[] = [];
	const workspace = createWorkspace(backendOf([1000, 5000], freed));
	expect(workspace.reserve(10, 64, 65, 0, 1)).toEqual([1024, 1088, 1152, 1280, 1280]);
	expect(workspace.reserve(200)).toEqual([1024]);
	expect(freed).toEqual([]);
	expect(workspace.reserve(1000)).toEqual([5056]);
	expect(freed).toEqual([1000]);
});

test("addresses above 2 GiB, which the allocator gives as negative numbers, are counted from zero", () => {
	expect(createWorkspace(backendOf([-(2 ** 31)])).reserve(8)).toEqual([2 ** 31]);
});

test("a full memory is an error, until there is room again", () => {
	const freed: number[] = [];
	const workspace = createWorkspace(backendOf([64, 0, 128], freed));
	workspace.reserve(8);
	expect(() => workspace.reserve(1000)).toThrow(/no room for 1088 bytes/);
	expect(workspace.reserve(1000)).toEqual([128]);
	expect(freed).toEqual([64]);
});
