import { expect, test } from "vitest";
import { applyOverrides } from "./override.ts";
import { parseYaml } from "./parse-yaml.ts";
import { fileSource } from "./place.ts";
import { plainValue } from "./placed-node.ts";

const text = `
clients: { number: 10, learningRate: 0.1, optimizer: { name: sgd, momentum: 0.9 } }
model: { name: mlp, hidden: [200, 100] }
`;

function apply(...settings: string[]) {
	const parsed = parseYaml(fileSource("x.yaml", text));
	if (!("node" in parsed) || parsed.node.kind !== "map") throw new Error("the text is no section");
	const { root, mistakes } = applyOverrides(parsed.node, settings);
	return { value: plainValue(root), messages: mistakes.map(({ message }) => message) };
}

const base = {
	clients: { number: 10, learningRate: 0.1, optimizer: { name: "sgd", momentum: 0.9 } },
	model: { name: "mlp", hidden: [200, 100] },
};

test("nothing to set leaves the scenario as it is", () => {
	expect(apply().value).toEqual(base);
});

test("values are YAML; new fields and sections are made; the later of two wins", () => {
	const { value, messages } = apply(
		"clients.number=5",
		"clients.number=7",
		"stop.byteBudget=1 MB",
		"a={b: [1]}",
		"c=x=y",
	);
	expect(messages).toEqual([]);
	expect(value).toEqual({
		clients: { ...base.clients, number: 7 },
		model: base.model,
		stop: { byteBudget: "1 MB" },
		a: { b: [1] },
		c: "x=y",
	});
});

test("list items are set by index", () => {
	expect(apply("model.hidden.1=50").value).toEqual({ ...base, model: { name: "mlp", hidden: [200, 50] } });
});

test("a section whose name changes starts afresh, whatever the order of arguments", () => {
	for (const settings of [
		["clients.optimizer.name=adam", "clients.optimizer.beta1=0.5"],
		["clients.optimizer.beta1=0.5", "clients.optimizer.name=adam"],
	]) {
		expect(apply(...settings).value).toEqual({
			...base,
			clients: { ...base.clients, optimizer: { name: "adam", beta1: 0.5 } },
		});
	}
});

test("setting the same name again keeps the section, and the scenario's own name is no choice", () => {
	expect(apply("clients.optimizer.name=sgd").value).toEqual(base);
	expect(apply("name=other").value).toEqual({ ...base, name: "other" });
});

test("a plain value gives way to a section", () => {
	expect(apply("clients.learningRate.schedule=cosine", "clients.learningRate.initial=0.1").value).toEqual({
		...base,
		clients: { ...base.clients, learningRate: { schedule: "cosine", initial: 0.1 } },
	});
});

test.each([
	["clients.number", "an argument without `=`, expected path.to.field=value"],
	["=5", "a path with an empty name, expected path.to.field=value"],
	["clients..number=5", "a path with an empty name, expected path.to.field=value"],
	["model.hidden.2=5", "the list has no item `2`, expected an index from 0 to 1"],
	["model.hidden.first=5", "the list has no item `first`, expected an index from 0 to 1"],
	["a=[1", "`[` is never closed, expected `]`"],
])("%s is a mistake", (setting, message) => {
	expect(apply(setting)).toEqual({ value: base, messages: [message] });
});
