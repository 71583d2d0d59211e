import { expect, test } from "vitest";
import { encodeOnnxModel, type OnnxNode } from "./onnx-model.ts";
import { fieldsOf } from "./protobuf-fields.fixture.ts";

// Numbers of fields are those of onnx.proto.

/** The values of all fields of that number. */
function all(message: Uint8Array, number: number): (number | Uint8Array)[] {
	return fieldsOf(message)
		.filter((field) => field.number === number)
		.map(({ value }) => value);
}

function only(message: Uint8Array, number: number): number | Uint8Array {
	const values = all(message, number);
	if (values.length !== 1) throw new RangeError(`field ${number} is there ${values.length} times`);
	return values[0] as number | Uint8Array;
}

function bytes(value: number | Uint8Array): Uint8Array {
	if (typeof value === "number") throw new TypeError(`${value} is not a text or a message`);
	return value;
}

const text = (value: number | Uint8Array) => new TextDecoder().decode(bytes(value));
const numbers = (message: Uint8Array) => fieldsOf(message).map(({ number }) => number);

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1 } }. */
function tensorOf(value: number | Uint8Array): { name: string; elementType: number | Uint8Array } {
	const message = bytes(value);
	expect(numbers(message)).toEqual([1, 2]);
	const tensor = bytes(only(bytes(only(message, 2)), 1));
	expect(numbers(tensor), "no shape: any one is taken").toEqual([1]);
	return { name: text(only(message, 1)), elementType: only(tensor, 1) };
}

const gemm: OnnxNode = {
	operator: "Gemm",
	inputs: ["a", "b", "plus"],
	output: "c",
	attributes: { transA: 1, transB: 0 },
};

test("a model holds versions and one graph", () => {
	const model = encodeOnnxModel(gemm);
	expect(numbers(model).toSorted((a, b) => a - b)).toEqual([1, 7, 8]);
	expect(only(model, 1), "ir_version").toBe(8);
	const operatorSet = bytes(only(model, 8));
	expect(text(only(operatorSet, 1)), "domain").toBe("");
	expect(only(operatorSet, 2), "version").toBe(17);
});

test.each<OnnxNode>([
	gemm,
	{ operator: "Gemm", inputs: ["a", "b"], output: "c", attributes: { transA: 0, transB: 1 } },
	{ operator: "Relu", inputs: ["x"], output: "a name beyond ASCII: é", attributes: {} },
	{ operator: "Concat", inputs: ["x", "y"], output: "z", attributes: { axis: 300 } },
])("the graph of $operator on $inputs decodes to what was encoded", (node) => {
	const graph = bytes(only(encodeOnnxModel(node), 7));
	expect(text(only(graph, 2)), "the graph's name").toBe(node.operator);
	expect(all(graph, 11).map(tensorOf)).toEqual(node.inputs.map((name) => ({ name, elementType: 1 })));
	expect(all(graph, 12).map(tensorOf)).toEqual([{ name: node.output, elementType: 1 }]);
	expect(new Set(numbers(graph))).toEqual(new Set([1, 2, 11, 12]));
	const encoded = bytes(only(graph, 1));
	expect(all(encoded, 1).map(text)).toEqual(node.inputs);
	expect(all(encoded, 2).map(text)).toEqual([node.output]);
	expect(text(only(encoded, 4))).toBe(node.operator);
	const attributes = all(encoded, 5).map((value) => {
		const attribute = bytes(value);
		expect(only(attribute, 20), "a whole number").toBe(2);
		return [text(only(attribute, 1)), only(attribute, 3)];
	});
	expect(Object.fromEntries(attributes)).toEqual(node.attributes);
});
