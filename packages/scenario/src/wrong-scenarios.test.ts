import { expect, test } from "vitest";
import { changed, errorOf, smallScenario } from "./small-scenario.fixture.ts";

/** A passage of the small scenario, what it is changed to, where the mistake is, and what the message must hold. */
type WrongScenario = readonly [passage: string, replacement: string, place: string, message: string];

const unknownFields: readonly WrongScenario[] = [
	["seed: 7", "sed: 7", "3:1", "unknown field `sed` in the scenario"],
	["seed: 7", "seed: 7\nSeed: 7", "4:1", "did you mean `seed`?"],
	["  number: 100", "  numbr: 100", "18:3", "did you mean `number`?"],
	["  perRound", "  per_round", "19:3", "did you mean `perRound`?"],
	["  localEpochs", "  epochs", "20:3", "did you mean `localEpochs`?"],
	["  learningRate: 0.05", "  lr: 0.05", "23:3", "did you mean `learningRate`?"],
	["momentum: 0.9", "momentun: 0.9", "22:27", "unknown field `momentun` in `clients.optimizer` (name: sgd)"],
	["momentum: 0.9", "beta1: 0.9", "22:27", "expected one of name, momentum, nesterov, weightDecay"],
	["alpha: 0.3", "alpha: 0.3\n  beta: 1", "11:3", "unknown field `beta` in `partition` (name: dirichlet)"],
	["train: 0.8", "trian: 0.8", "11:12", "did you mean `train`?"],
	["  hidden", "  hiden", "15:3", "did you mean `hidden`?"],
	["  name: fedavg", "  name: fedavg\n  mu: 1", "27:3", "unknown field `mu` in `algorithm`"],
	["rounds: 3", "rounds: 3\nbatchSize: 3", "31:1", "^^^^^^^^^ a field of `clients` and of `evaluation`"],
	["  number: 100", "  number: 100\n  rounds: 3", "19:3", "^^^^^^ a field of the scenario itself"],
	["seed: 7", "extend: base.yaml", "3:1", "did you mean `extends`?"],
	["rounds: 3", "rounds: 3\nepochs: 3", "31:1", "unknown field `epochs`"],
	["  targetAccuracy", "  targetAcuracy", "36:3", "did you mean `targetAccuracy`?"],
	["  byteBudget", "  bytebudget", "37:3", "did you mean `byteBudget`?"],
	["    fraction", "    fractions", "42:5", "unknown field `fractions` in `system.stragglers`"],
	["  report: false", "  reports: false", "46:3", "did you mean `report`?"],
	["  dropout: 0.1", "  __proto__: 0.1", "40:3", "unknown field `__proto__` in `system`"],
	["  dropout: 0.1", "  constructor: 0.1", "40:3", "unknown field `constructor` in `system`"],
	["backend: cpu", "<<: { backend: cpu }", "48:1", "unknown field `<<`"],
];

const wrongTypes: readonly WrongScenario[] = [
	["seed: 7", "seed: seven", "3:7", '`seed` is the text "seven", expected an integer >= 0'],
	["seed: 7", 'seed: "7"', "3:7", '`seed` is the text "7", expected an integer >= 0'],
	["seed: 7", "seed: true", "3:7", "`seed` is true, expected an integer >= 0"],
	["seed: 7", "seed:", "3:1", "`seed` is empty, expected an integer >= 0"],
	["seed: 7", "seed: ~", "3:1", "`seed` is empty, expected an integer >= 0"],
	["seed: 7", "seed: [7]", "3:7", "`seed` is a list of 1 item, expected an integer >= 0"],
	["seed: 7", "seed: { a: 7 }", "3:1", "`seed` is a section with `a`, expected an integer >= 0"],
	["name: small", "name: 5", "1:7", "`name` is 5, expected a name"],
	["name: small", "name: ../up", "1:7", '`name` is the text "../up", expected a name'],
	["hidden: [20, 10]", "hidden: 20", "15:11", "`model.hidden` is 20, expected a list"],
	["hidden: [20, 10]", "hidden: [20, ten]", "15:16", '`model.hidden[1]` is the text "ten"'],
	["hidden: [20, 10]", "hidden: []", "15:11", "`model.hidden` is an empty list"],
	["learningRate: 0.05", "learningRate: fast", "23:17", "expected a number > 0 or a section with `schedule`"],
	["learningRate: 0.05", "learningRate: [0.05]", "23:17", "`clients.learningRate` is a list of 1 item"],
	["  report: false", "  report: no", "46:11", '`output.report` is the text "no", expected true or false'],
	["  report: false", "  report: 0", "46:11", "`output.report` is 0, expected true or false"],
	[
		"byteBudget: 100MB",
		"byteBudget: 100 megabytes",
		"37:15",
		'expected an integer >= 1 or a size such as "100MB"',
	],
	["byteBudget: 100MB", "byteBudget: -5MB", "37:15", "`stop.byteBudget` is"],
	["perRound: 10%", "perRound: 110%", "19:13", 'a percentage such as "10%"'],
	["perRound: 10%", "perRound: 0%", "19:13", 'a percentage such as "10%"'],
	["perRound: 10%", "perRound: ten", "19:13", 'a percentage such as "10%"'],
	["algorithm:\n  name: fedavg", "algorithm: fedavg", "25:12", "did you mean `algorithm: { name: fedavg }`?"],
	["evaluation:\n  clients: all", "evaluation: all", "32:13", "`evaluation` is the text"],
	["evaluation:\n  clients: all", "evaluation:\n- clients", "33:1", "`evaluation` is a list of 1 item"],
	[
		"system:\n  dropout: 0.1\n  stragglers:\n",
		"system: []\nstragglers:\n",
		"39:9",
		"`system` is an empty list",
	],
];

const outOfRange: readonly WrongScenario[] = [
	["seed: 7", "seed: -1", "3:7", "`seed` is -1, expected an integer >= 0"],
	["seed: 7", "seed: 1.5", "3:7", "`seed` is 1.5, expected an integer >= 0"],
	["seed: 7", "seed: .inf", "3:7", "`seed` is Infinity"],
	["seed: 7", "seed: .nan", "3:7", "`seed` is NaN"],
	["  number: 100", "  number: 0", "18:11", "`clients.number` is 0, expected an integer >= 1"],
	["perRound: 10%", "perRound: 0", "19:13", "`clients.perRound` is 0"],
	["perRound: 10%", "perRound: 1.5", "19:13", "`clients.perRound` is 1.5"],
	["perRound: 10%", "perRound: 101", "19:13", "`clients.perRound` is larger than `clients.number`"],
	["localEpochs: 2", "localEpochs: 0", "20:16", "`clients.localEpochs` is 0, expected an integer >= 1"],
	["localEpochs: 2", "localEpochs: 2\n  localSteps: 5", "21:15", "has both `localEpochs` and `localSteps`"],
	["batchSize: 10", "batchSize: every", "21:14", "expected an integer >= 1 or `all`"],
	["momentum: 0.9", "momentum: 1", "22:37", "expected a number >= 0 and < 1"],
	["learningRate: 0.05", "learningRate: 0", "23:17", "expected a number > 0"],
	["rounds: 3", "rounds: 0", "30:9", "`rounds` is 0, expected an integer >= 1"],
	["clients: all", "clients: 101", "33:12", "`evaluation.clients` is larger than `clients.number`"],
	["train: 0.8, test: 0.2", "train: 1, test: 0", "33:12", "but `partition.split.test` is 0"],
	["train: 0.8, test: 0.2", "train: 0.9, test: 0.2", "11:3", "`partition.split`: train, validation and test"],
	["targetAccuracy: 0.9", "targetAccuracy: 90", "36:19", "expected a number > 0 and <= 1"],
	["targetAccuracy: 0.9", "targetAccuracy: 0", "36:19", "expected a number > 0 and <= 1"],
	["byteBudget: 100MB", "byteBudget: 0", "37:15", "`stop.byteBudget` is 0"],
	["dropout: 0.1", "dropout: 2", "40:12", "`system.dropout` is 2, expected a number >= 0 and <= 1"],
	["policy: partial", "policy: partal", "43:13", "did you mean `partial`?"],
];

const wrongChoices: readonly WrongScenario[] = [
	["name: mnist", "name: mnits", "6:9", 'there is no dataset "mnits", expected one of mnist'],
	["name: dirichlet", "name: dirichle", "9:9", "did you mean `dirichlet`?"],
	["name: mlp", "name: vgg", "14:9", 'there is no model "vgg"'],
	["name: mlp", "name: 3", "14:9", "`model.name` is 3, expected one of softmax, mlp"],
	["name: fedavg", "name: FedAvg", "26:9", "did you mean `fedavg`?"],
	["name: sgd", "name: sdg", "22:22", "did you mean `sgd`?"],
	["name: adam", "name: adm", "28:26", "did you mean `adam`?"],
	["backend: cpu", "backend: gpu", "48:10", "did you mean `cpu`?"],
	[
		"learningRate: 0.05",
		"learningRate: { schedule: cos, initial: 1 }",
		"23:29",
		"expected one of constant, step",
	],
	["learningRate: 0.05", "learningRate: { initial: 1 }", "23:3", "`clients.learningRate` lacks `schedule`"],
	[
		"learningRate: 0.05",
		"learningRate: { schedule: step, initial: 1 }",
		"23:3",
		"lacks `every`, expected an integer",
	],
];

const missing: readonly WrongScenario[] = [
	["rounds: 3\n", "", "1:1", "the scenario lacks `rounds`, expected an integer >= 1"],
	[
		"model:\n  name: mlp\n  hidden: [20, 10]\n",
		"",
		"1:1",
		"the scenario lacks `model`, expected a section with `name`",
	],
	["dataset:\n  name: mnist\n", "dataset: {}\n", "5:1", "`dataset` lacks `name`, expected one of mnist"],
	["  number: 100\n", "", "17:1", "`clients` lacks `number`, expected an integer >= 1"],
	["  perRound: 10%\n", "", "17:1", "`clients` lacks `perRound`"],
	["  localEpochs: 2\n", "", "17:1", "`clients` lacks `localEpochs` or `localSteps`"],
	["  learningRate: 0.05\n", "", "17:1", "`clients` lacks `learningRate`"],
	["name: sgd, ", "nam: sgd, ", "22:16", "did you mean `name`?"],
	["name: sgd, ", "", "22:3", "`clients.optimizer` lacks `name`, expected one of sgd, adam"],
];

const brokenYaml: readonly WrongScenario[] = [
	["rounds: 3", "rounds: 3\nrounds: 4", "31:1", "the key `rounds` occurs twice"],
	["  number: 100", "  number: 100\n  number: 100", "19:3", "the key `number` occurs twice"],
	["  perRound", "perRound", "20:3", "`localEpochs` is indented below `perRound`, which has a value already"],
	["  perRound", "    perRound", "19:5", "`perRound` is indented below `number`"],
	["seed: 7", "seed: 7: 8", "3:7", "a second colon in this line"],
	["  perRound", "\tperRound", "19:1", "tabs are not allowed as indentation"],
	["hidden: [20, 10]", "hidden: [20, 10", "15:11", "`[` is never closed, expected `]`"],
	["name: small", 'name: "small', "1:7", "is never closed"],
	["seed: 7", "seed 7", "3:1", "a line without a colon"],
	["backend: cpu", "backend: @cpu", "48:10", "the YAML is broken: plain value cannot start with"],
];

const all = { unknownFields, wrongTypes, outOfRange, wrongChoices, missing, brokenYaml };

for (const [kind, table] of Object.entries(all)) {
	test.each(table)(`${kind}: %j changed to %j`, async (passage, replacement, place, message) => {
		const error = await errorOf({ "small.yaml": changed(passage, replacement) });
		expect(error.code).toBe(kind === "brokenYaml" ? "FL_SCENARIO_SYNTAX" : "FL_SCENARIO_INVALID");
		expect(error.exitCode).toBe(2);
		expect(error.message).toContain(`small.yaml:${place}: `);
		expect(error.message).toContain(message);
		const [line, column] = place.split(":").map(Number);
		if (error.details.mistakes === 1) expect(error.details).toMatchObject({ line, column });
	});
}

test("one wrong indentation is one mistake, those in other sections are others", async () => {
	expect((await errorOf({ "small.yaml": changed("  perRound", "perRound") })).details.mistakes).toBe(1);
	const twice = changed("  perRound", "perRound").replace("  byteBudget", "    byteBudget");
	expect((await errorOf({ "small.yaml": twice })).details.mistakes).toBe(2);
});

test("a misspelled field that is needed is one mistake, not an unknown and a missing one", async () => {
	for (const [passage, replacement] of [
		["  number: 100", "  numbr: 100"],
		["  localEpochs", "  epochs"],
		["rounds: 3", "round: 3"],
	] as const) {
		expect((await errorOf({ "small.yaml": changed(passage, replacement) })).details.mistakes).toBe(1);
	}
});

test("scaffold with Adam on the clients is refused where Adam is written", async () => {
	const text = changed("name: fedavg", "name: scaffold").replace("sgd, momentum: 0.9", "adam");
	const error = await errorOf({ "small.yaml": text });
	expect(error.code).toBe("FL_SCENARIO_INVALID");
	expect(error.message).toContain("small.yaml:22:22: `clients.optimizer.name` is adam, but scaffold needs");
	expect(error.details.mistakes).toBe(1);
});

test("all mistakes of a file are reported together, in the order of its lines", async () => {
	const text = smallScenario
		.replace("seed: 7", "seed: -7")
		.replace("name: mlp", "name: mpl")
		.replace("perRound: 10%", "perRound: 200")
		.replace("rounds: 3", "rouns: x")
		.replace("clients: all", "clients: 500")
		.replace("policy: partial", "policy: wait");
	const error = await errorOf({ "small.yaml": text });
	const places = [...error.message.matchAll(/^small\.yaml:(\d+):/gm)].map(([, line]) => Number(line));
	expect(places).toEqual([3, 14, 19, 30, 33, 43]);
	expect(error.details.mistakes).toBe(6);
});
