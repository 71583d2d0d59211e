import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { layoutOf } from "@fl-sim/core";
import { readSafetensors } from "@fl-sim/wire";
import { expect, test } from "vitest";
import { runFile } from "./run-files.ts";
import { temporaryFolder } from "./small-run.fixture.ts";
import { sha256OfWeights, writeWeights } from "./weights.ts";

const layout = layoutOf([
	{ name: "dense.weight", shape: [2, 2], layer: "dense", kind: "weight" },
	{ name: "dense.bias", shape: [2], layer: "dense", kind: "bias" },
]);

test("weights are hashed as little-endian float32, wherever they lie", () => {
	const littleEndian = Buffer.from("0000803f000000c0", "hex");
	const expected = createHash("sha256").update(littleEndian).digest("hex");
	expect(sha256OfWeights(Float32Array.of(1, -2))).toBe(expected);
	expect(sha256OfWeights(Float32Array.of(9, 1, -2).subarray(1))).toBe(expected);
	const shared = new Float32Array(new SharedArrayBuffer(8));
	shared.set([1, -2]);
	expect(sha256OfWeights(shared)).toBe(expected);
});

test("the final weights are tensors with the layout's names and shapes", async () => {
	const folder = temporaryFolder();
	const params = Float32Array.of(1, 2, 3, 4, 5, 6);
	const sha256 = await writeWeights(folder, { layout, params, round: 3, scenarioHash: "abc" });
	expect(sha256).toBe(sha256OfWeights(params));
	const { tensors, metadata } = readSafetensors(readFileSync(runFile(folder, "weights")));
	expect(metadata).toEqual({ round: "3", scenarioHash: "abc", sha256 });
	expect([...tensors.values()].map(({ name, shape, data }) => [name, shape, [...data]])).toEqual([
		["dense.weight", [2, 2], [1, 2, 3, 4]],
		["dense.bias", [2], [5, 6]],
	]);
});

test("weights of another model are refused", async () => {
	const weights = { layout, params: new Float32Array(5), round: 3, scenarioHash: "abc" };
	await expect(writeWeights(temporaryFolder(), weights)).rejects.toMatchObject({ code: "FL_WIRE_DIMENSION" });
});
