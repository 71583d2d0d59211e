import { expect, test } from "vitest";
import { changed, errorOf, smallScenario } from "./small-scenario.fixture.ts";

/** Everything that a user sees of an error, below a first empty line that sets it off. */
async function textOf(...args: Parameters<typeof errorOf>): Promise<string> {
	const { code, message, fix } = await errorOf(...args);
	return `\n${code}: ${message}\n\n${fix}\n`;
}

const small = { "small.yaml": smallScenario };

test("an unknown field", async () => {
	expect(await textOf({ "small.yaml": changed("momentum: 0.9", "momentun: 0.9") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:22:27: unknown field \`momentun\` in \`clients.optimizer\` (name: sgd), expected one of name, momentum, nesterov, weightDecay
		    20 |   localEpochs: 2
		    21 |   batchSize: 10
		  > 22 |   optimizer: { name: sgd, momentun: 0.9 }
		       |                           ^^^^^^^^ did you mean \`momentum\`?
		    23 |   learningRate: 0.05
		    24 |

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("a value of the wrong type", async () => {
	expect(await textOf({ "small.yaml": changed("number: 100", "number: many") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:18:11: \`clients.number\` is the text "many", expected an integer >= 1
		    16 |
		    17 | clients:
		  > 18 |   number: many
		       |           ^^^^
		    19 |   perRound: 10%
		    20 |   localEpochs: 2

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("a field that lacks", async () => {
	expect(await textOf({ "small.yaml": changed("  learningRate: 0.05\n", "") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:17:1: \`clients\` lacks \`learningRate\`, expected a number > 0 or a section with \`schedule\`: constant, step, exponential, cosine
		    15 |   hidden: [20, 10]
		    16 |
		  > 17 | clients:
		       | ^^^^^^^
		    18 |   number: 100
		    19 |   perRound: 10%

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("a choice that there is not", async () => {
	expect(await textOf({ "small.yaml": changed("name: sgd", "name: sdg") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:22:22: there is no clients.optimizer "sdg", expected one of sgd, adam
		    20 |   localEpochs: 2
		    21 |   batchSize: 10
		  > 22 |   optimizer: { name: sdg, momentum: 0.9 }
		       |                      ^^^ did you mean \`sgd\`?
		    23 |   learningRate: 0.05
		    24 |

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("a rule between two fields", async () => {
	expect(await textOf({ "small.yaml": changed("perRound: 10%", "perRound: 200") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:19:13: \`clients.perRound\` is larger than \`clients.number\`, expected at most as many
		    17 | clients:
		    18 |   number: 100
		  > 19 |   perRound: 200
		       |             ^^^
		    20 |   localEpochs: 2
		    21 |   batchSize: 10

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("several mistakes, some in the file and one in an argument", async () => {
	const text = changed("rounds: 3", "rouns: 3").replace("policy: partial", "policy: wait");
	expect(await textOf({ "small.yaml": text }, ["clients.number=many"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: 3 mistakes in the scenario

		small.yaml:30:1: unknown field \`rouns\` in the scenario
		    28 | serverOptimizer: { name: adam, learningRate: 0.1 }
		    29 |
		  > 30 | rouns: 3
		       | ^^^^^ did you mean \`rounds\`?
		    31 |
		    32 | evaluation:

		small.yaml:43:13: \`system.stragglers.policy\` is the text "wait", expected one of drop, partial
		    41 |   stragglers:
		    42 |     fraction: 0.2
		  > 43 |     policy: wait
		       |             ^^^^
		    44 |
		    45 | output:

		--set clients.number=many: \`clients.number\` is the text "many", expected an integer >= 1
		  > --set clients.number=many
		                         ^^^^

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("broken YAML", async () => {
	expect(await textOf({ "small.yaml": changed("  perRound", "      perRound") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_SYNTAX: small.yaml:19:7: \`perRound\` is indented below \`number\`, which has a value already; expected the same indentation
		    17 | clients:
		    18 |   number: 100
		  > 19 |       perRound: 10%
		       |       ^^^^^^^^
		    20 |   localEpochs: 2
		    21 |   batchSize: 10

		Correct the YAML; indent with spaces and write \`key: value\`.
		"
	`);
});

test("a key that occurs twice", async () => {
	expect(await textOf({ "small.yaml": changed("rounds: 3", "rounds: 3\nrounds: 4") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_SYNTAX: small.yaml:31:1: the key \`rounds\` occurs twice in this section, expected once
		    29 |
		    30 | rounds: 3
		  > 31 | rounds: 4
		       | ^^^^^^
		    32 |
		    33 | evaluation:

		Correct the YAML; indent with spaces and write \`key: value\`.
		"
	`);
});

test("a file that is not there", async () => {
	const files = {
		"noniid.yaml": "",
		"iid.yaml": "",
		"mnist-shards.yaml": "",
		"vertical.yml": "",
		"notes.md": "",
	};
	expect(await textOf(files, [], "nonid.yaml")).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_FILE: there is no scenario file "nonid.yaml"

		Scenario files in that folder: noniid.yaml, iid.yaml, vertical.yml.
		"
	`);
});

test("a file in a folder that is not there", async () => {
	expect(await textOf({}, [], "nowhere/noniid.yaml")).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_FILE: there is no folder "nowhere", expected the scenario file "nowhere/noniid.yaml"

		Name a scenario file, for example scenarios/noniid.yaml.
		"
	`);
});

test("a folder instead of a file", async () => {
	expect(await textOf(small, [], "")).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_FILE: "FOLDER" is a folder, expected a scenario file

		Scenario files in that folder: small.yaml.
		"
	`);
});

test("an empty file", async () => {
	expect(await textOf({ "small.yaml": "# nothing yet\n" })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:1:1: the file is empty, expected sections such as \`dataset:\` and \`model:\`
		  > 1 | # nothing yet
		      | ^

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("a file that is no section", async () => {
	expect(await textOf({ "small.yaml": "- name: small\n" })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: small.yaml:1:1: the file is a list of 1 item, expected sections such as \`dataset:\` and \`model:\`
		  > 1 | - name: small
		      | ^^^^^^^^^^^^^

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("an `extends` that leads nowhere", async () => {
	const files = { "small.yaml": "extends: bose.yaml\nrounds: 3\n", "base.yaml": smallScenario };
	expect(await textOf(files)).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_EXTENDS: small.yaml:1:10: there is no scenario file "bose.yaml" (small.yaml extends bose.yaml)
		  > 1 | extends: bose.yaml
		      |          ^^^^^^^^^
		    2 | rounds: 3

		Scenario files in that folder: base.yaml, small.yaml.
		"
	`);
});

test("an `extends` in a circle", async () => {
	const files = {
		"small.yaml": "extends: a.yaml\n",
		"a.yaml": "extends: ./b.yaml\n",
		"b.yaml": "seed: 1\nextends: a.yaml\n",
	};
	expect(await textOf(files)).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_EXTENDS: b.yaml:2:10: the files extend each other in a circle: a.yaml extends b.yaml extends a.yaml
		    1 | seed: 1
		  > 2 | extends: a.yaml
		      |          ^^^^^^

		Name a scenario file, relative to the folder of this one.
		"
	`);
});

test("an `extends` that is no file name", async () => {
	expect(await textOf({ "small.yaml": "extends: [a.yaml, b.yaml]\n" })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_EXTENDS: small.yaml:1:10: \`extends\` is a list of 2 items, expected a file name
		  > 1 | extends: [a.yaml, b.yaml]
		      |          ^^^^^^^^^^^^^^^^

		Name a scenario file, relative to the folder of this one.
		"
	`);
});

test("a mistake in the file that is extended", async () => {
	const files = {
		"small.yaml": "extends: base.yaml\nrounds: 3\n",
		"base.yaml": changed("dropout: 0.1", "dropout: 10"),
	};
	expect(await textOf(files)).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_INVALID: base.yaml:40:12: \`system.dropout\` is 10, expected a number >= 0 and <= 1
		    38 |
		    39 | system:
		  > 40 |   dropout: 10
		       |            ^^
		    41 |   stragglers:
		    42 |     fraction: 0.2

		docs/scenarios.md lists every field; \`fl-sim validate FILE\` checks a scenario without running it.
		"
	`);
});

test("broken YAML in the file that is extended", async () => {
	const files = { "small.yaml": "extends: base.yaml\n", "base.yaml": changed("seed: 7", "seed: [7") };
	expect(await textOf(files)).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_SYNTAX: base.yaml:3:7: \`[\` is never closed, expected \`]\`
		    1 | name: small
		    2 | description: A scenario to break
		  > 3 | seed: [7
		      |       ^
		    4 |
		    5 | dataset:

		Correct the YAML; indent with spaces and write \`key: value\`.
		"
	`);
});

test("an argument that names no field", async () => {
	expect(await textOf(small, ["clients.optimizer.momentmu=0.5"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_OVERRIDE: --set clients.optimizer.momentmu=0.5: unknown field \`momentmu\` in \`clients.optimizer\` (name: sgd), expected one of name, momentum, nesterov, weightDecay
		  > --set clients.optimizer.momentmu=0.5
		                            ^^^^^^^^ did you mean \`momentum\`?

		Write --set path.to.field=value; docs/scenarios.md lists every field.
		"
	`);
});

test("an argument with a wrong value", async () => {
	expect(await textOf(small, ["stop.targetAccuracy=99%"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_OVERRIDE: --set stop.targetAccuracy=99%: \`stop.targetAccuracy\` is the text "99%", expected a number > 0 and <= 1
		  > --set stop.targetAccuracy=99%
		                              ^^^

		Write --set path.to.field=value; docs/scenarios.md lists every field.
		"
	`);
});

test("an argument without a value", async () => {
	expect(await textOf(small, ["clients.number"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_OVERRIDE: --set clients.number: an argument without \`=\`, expected path.to.field=value
		  > --set clients.number
		          ^^^^^^^^^^^^^^ for example clients.number=50

		Write --set path.to.field=value; docs/scenarios.md lists every field.
		"
	`);
});

test("an argument with broken YAML", async () => {
	expect(await textOf(small, ["model.hidden=[1, 2"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_OVERRIDE: --set model.hidden=[1, 2: \`[\` is never closed, expected \`]\`
		  > --set model.hidden=[1, 2
		                       ^

		Write --set path.to.field=value; docs/scenarios.md lists every field.
		"
	`);
});

test("an argument that changes a choice: the new one is complained of in the argument", async () => {
	expect(await textOf(small, ["serverOptimizer.name=adm", "serverOptimizer.tau=0"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_OVERRIDE: --set serverOptimizer.name=adm: there is no serverOptimizer "adm", expected one of sgd, adagrad, adam, yogi
		  > --set serverOptimizer.name=adm
		                               ^^^ did you mean \`adam\`?

		Write --set path.to.field=value; docs/scenarios.md lists every field.
		"
	`);
});

test("quotes and brackets that are never closed are shown where they open", async () => {
	expect(await textOf({ "small.yaml": changed("name: small", 'name: "small') })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_SYNTAX: small.yaml:1:7: \`"\` is never closed, expected \`"\`
		  > 1 | name: "small
		      |       ^
		    2 | description: A scenario to break
		    3 | seed: 7

		Correct the YAML; indent with spaces and write \`key: value\`.
		"
	`);
	expect(await textOf({ "small.yaml": changed("momentum: 0.9 }", "momentum: 0.9") })).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_SYNTAX: small.yaml:22:14: \`{\` is never closed, expected \`}\`
		    20 |   localEpochs: 2
		    21 |   batchSize: 10
		  > 22 |   optimizer: { name: sgd, momentum: 0.9
		       |              ^
		    23 |   learningRate: 0.05
		    24 |

		Correct the YAML; indent with spaces and write \`key: value\`.
		"
	`);
});

test("an argument for `extends`", async () => {
	expect(await textOf(small, ["extends=base.yaml"])).toMatchInlineSnapshot(`
		"
		FL_SCENARIO_OVERRIDE: --set extends=base.yaml: \`extends\` is set by an argument, expected it in a file
		  > --set extends=base.yaml
		          ^^^^^^^

		Write --set path.to.field=value; docs/scenarios.md lists every field.
		"
	`);
});
