import { type ClientReport, firstNotFinite, messageOf, type PayloadOf, type PayloadSpec } from "@fl-sim/core";
import { decodePayload } from "@fl-sim/wire";

/** What an answer is checked against before anybody folds it. */
export interface AnswerRule {
	readonly spec: PayloadSpec;
	/** Parameters of the model. */
	readonly layoutSize: number;
	/** Training examples of the client, as it said when it joined. */
	readonly trainExamples: number;
	readonly testExamples: number;
	/** What the task itself finds wrong with an answer of the right form. */
	problemOf?(answer: PayloadOf<PayloadSpec>): string | undefined;
}

/**
 * What is wrong with an encoded answer and its report, in words; undefined when nothing is. Costs one pass over the
 * answer's vectors.
 */
export function problemOf(
	answer: Uint8Array,
	report: Pick<ClientReport, "numExamples" | "ownTest">,
	rule: AnswerRule,
): string | undefined {
	const { spec, layoutSize, trainExamples, testExamples } = rule;
	if (report.numExamples > trainExamples) {
		return `the report is on ${report.numExamples} examples, but the client has ${trainExamples}`;
	}
	const { numCorrect = 0, numExamples = 0 } = report.ownTest ?? {};
	if (numExamples > testExamples || numCorrect > numExamples) {
		return `the report has ${numCorrect} of ${numExamples} test examples right, but the client has ${testExamples}`;
	}
	let values: PayloadOf<PayloadSpec>;
	try {
		values = decodePayload(spec, layoutSize, answer);
	} catch (error) {
		return messageOf(error);
	}
	for (const [name, { kind }] of Object.entries(spec)) {
		const value = values[name];
		if (value instanceof Float32Array) {
			const index = firstNotFinite(value);
			if (index >= 0) return `${name}[${index}] is ${value[index]}, expected finite numbers`;
		} else if (typeof value === "number") {
			if (!Number.isFinite(value)) return `${name} is ${value}, expected a finite number`;
			if (kind === "exampleCount" && (value < 1 || value > trainExamples)) {
				return `${name} is ${value}, but the client has ${trainExamples} examples`;
			}
		}
	}
	return rule.problemOf?.(values);
}
