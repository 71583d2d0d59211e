import { expect, test } from "vitest";
import { nearestName, nearestNames } from "./nearest-name.ts";

const fields = ["number", "perRound", "localEpochs", "localSteps", "batchSize", "learningRate", "momentum"];

test.each([
	["numbr", "number"],
	["momentmu", "momentum"],
	["momentun", "momentum"],
	["learning_rate", "learningRate"],
	["local-steps", "localSteps"],
	["BATCHSIZE", "batchSize"],
	["lr", "learningRate"],
	["epochs", "localEpochs"],
	["batchsizes", "batchSize"],
])("%s is near to %s", (written, meant) => {
	expect(nearestName(written, fields)).toBe(meant);
});

test.each(["x", "qqqqqq", "colour", ""])("%j is near to none", (written) => {
	expect(nearestName(written, fields)).toBeUndefined();
});

test("a transposition is found in short names, a different short name is not", () => {
	expect(nearestName("sdg", ["adam", "sgd"])).toBe("sgd");
	expect(nearestName("foo", ["adam", "sgd"])).toBeUndefined();
});

test("nearest names are sorted by likeness and never more than asked for", () => {
	expect(nearestNames("noniid.yml", ["mnist.yaml", "noniid.yaml", "iid.yaml"], 2)).toEqual([
		"noniid.yaml",
		"iid.yaml",
	]);
});
