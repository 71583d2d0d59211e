import type { PartitionSummary } from "@fl-sim/data";

/** The content of `partition.json` as a summary; undefined when it is none, for example from another version. */
export function asPartitionSummary(content: unknown): PartitionSummary | undefined {
	return isPartitionSummary(content) && content.clients.length > 0 ? content : undefined;
}

const spreads = [
	"totalVariation",
	"jensenShannon",
	"effectiveClasses",
	"classesPresent",
	"largestShare",
	"sizes",
] as const;

function isPartitionSummary(content: unknown): content is PartitionSummary {
	if (!isObject(content)) return false;
	const { numClients, numClasses, round, classNames, clients, counts, skew } = content;
	return (
		[numClients, numClasses, round].every((value) => typeof value === "number") &&
		isListOf("string")(classNames) &&
		isListOf("number")(clients) &&
		Array.isArray(counts) &&
		counts.length === clients.length &&
		counts.every((row) => isListOf("number")(row) && row.length === numClasses) &&
		isObject(skew) &&
		spreads.every((name) => isSpread(skew[name])) &&
		isObject(skew["sizes"]) &&
		["median", "total", "gini"].every((name) => typeof Reflect.get(skew["sizes"] ?? {}, name) === "number")
	);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null;
}

function isListOf(kind: "string" | "number"): (value: unknown) => value is unknown[] {
	return (value): value is unknown[] => Array.isArray(value) && value.every((item) => typeof item === kind);
}

function isSpread(value: unknown): boolean {
	return isObject(value) && ["mean", "min", "max"].every((name) => typeof value[name] === "number");
}
