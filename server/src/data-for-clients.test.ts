import type { Examples } from "@fl-sim/core";
import { expect, test } from "vitest";
import { dataForClients } from "./data-for-clients.ts";

function examples(classNames: readonly string[] | undefined, numClasses = classNames?.length ?? 2): Examples {
	return {
		numExamples: 0,
		featureShape: [2],
		features: { kind: "floats", values: new Float32Array() },
		labels: new Int32Array(),
		numClasses,
		...(classNames === undefined ? {} : { classNames }),
	};
}

test("clients are told shape and classes", () => {
	const told = { featureShape: [2], numClasses: 2, classNames: ["a", "b"] };
	expect(dataForClients(examples(["a", "b"]))).toEqual(told);
	expect(dataForClients(examples(undefined))).toEqual({ ...told, classNames: null });
});

test("names that would not fit into a welcome are left out", () => {
	const many = Array.from({ length: 5000 }, (_, label) => String(label));
	const long = Array.from({ length: 2000 }, () => "x".repeat(199));
	for (const names of [many, long, ["a", "b".repeat(201)]]) {
		expect(dataForClients(examples(names))).toMatchObject({ numClasses: names.length, classNames: null });
	}
});
