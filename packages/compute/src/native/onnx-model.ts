import { PbfWriter } from "pbf";

/** One operator of an ONNX model; its attributes are whole numbers or text. */
export interface OnnxNode {
	readonly operator: string;
	/** Of the operator; the standard's own unless given. */
	readonly domain?: "com.microsoft";
	readonly inputs: readonly string[];
	readonly output: string;
	readonly attributes: Readonly<Record<string, number>>;
}

// Versions of the file format and of the operators: old enough for any library of the last years.
const formatVersion = 8;
const operatorVersion = 17;

// Numbers of the format's fields and types (onnx.proto).
const floatType = 1;
const integerAttribute = 2;

/** A model of one operator on float32 tensors of any shape, in the ONNX format. */
export function encodeOnnxModel(node: OnnxNode): Uint8Array {
	const model = new PbfWriter();
	model.writeVarintField(1, formatVersion);
	model.writeMessage(8, writeOperatorSet, { domain: "", version: operatorVersion });
	if (node.domain !== undefined) model.writeMessage(8, writeOperatorSet, { domain: node.domain, version: 1 });
	model.writeMessage(7, writeGraph, node);
	return model.finish();
}

function writeOperatorSet(
	{ domain, version }: { readonly domain: string; readonly version: number },
	writer: PbfWriter,
): void {
	writer.writeStringField(1, domain);
	writer.writeVarintField(2, version);
}

function writeGraph(node: OnnxNode, writer: PbfWriter): void {
	writer.writeMessage(1, writeNode, node);
	writer.writeStringField(2, node.operator);
	for (const name of node.inputs) writer.writeMessage(11, writeTensor, name);
	writer.writeMessage(12, writeTensor, node.output);
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
	for (const name of node.inputs) writer.writeStringField(1, name);
	writer.writeStringField(2, node.output);
	writer.writeStringField(4, node.operator);
	for (const [name, value] of Object.entries(node.attributes)) {
		writer.writeMessage(5, writeAttribute, { name, value });
	}
	if (node.domain !== undefined) writer.writeStringField(7, node.domain);
}

function writeAttribute(
	{ name, value }: { readonly name: string; readonly value: number },
	writer: PbfWriter,
): void {
	writer.writeStringField(1, name);
	writer.writeVarintField(3, value);
	writer.writeVarintField(20, integerAttribute);
}

function writeTensor(name: string, writer: PbfWriter): void {
	writer.writeStringField(1, name);
	writer.writeMessage(2, writeTensorType, floatType);
}

function writeTensorType(elementType: number, writer: PbfWriter): void {
	writer.writeMessage(1, (type, tensor) => tensor.writeVarintField(1, type), elementType);
}
