import { expect, test } from "vitest";
import { meanUpdates, type ScaffoldUpdate } from "./mean-updates.ts";

const first: ScaffoldUpdate = { delta: Float32Array.of(1, 2), controlDelta: Float32Array.of(-4, 0.5) };
const second: ScaffoldUpdate = { delta: Float32Array.of(3, -2), controlDelta: Float32Array.of(2, 0.1) };
const third: ScaffoldUpdate = { delta: Float32Array.of(2, 0.3), controlDelta: Float32Array.of(5, 0) };

test("both vectors are averaged, each on its own", () => {
	const total = meanUpdates.merge(meanUpdates.leaf(first, 0), meanUpdates.leaf(second, 1));
	const { delta, controlDelta, count } = meanUpdates.finish(total);
	expect(delta).toEqual(Float32Array.of(2, 0));
	expect(controlDelta).toEqual(Float32Array.of(-1, 0.3));
	expect(count).toBe(2);
});

test("merging an upload gives the bits of merging its leaf", () => {
	const pair = () => meanUpdates.merge(meanUpdates.leaf(first, 0), meanUpdates.leaf(second, 1));
	const merged = meanUpdates.finish(meanUpdates.merge(pair(), meanUpdates.leaf(third, 2)));
	expect(meanUpdates.finish(meanUpdates.mergeLeaf(pair(), third, 2))).toEqual(merged);
});
