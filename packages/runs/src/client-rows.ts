import type { BatchEvaluation, RunEvent } from "@fl-sim/core";

/** One row of `clients.csv`: what one client did in one exchange, or how a model did on it. */
export interface ClientRow {
	readonly round: number;
	readonly client: number;
	readonly outcome: "replied" | "lost" | "evaluated" | "personal";
	/** Name of the task, for `replied` and `lost`. */
	readonly phase?: string;
	/** Why the client was lost. */
	readonly reason?: string;
	/** Mean training loss in this exchange, in nats. */
	readonly trainLoss?: number;
	/**
	 * Accuracy and loss on the client's own test examples: of the global model for `evaluated`, of the client's own for
	 * `personal`, of the model as trained for `replied`.
	 */
	readonly accuracy?: number;
	readonly loss?: number;
	/** Examples trained on, or evaluated on. */
	readonly numExamples?: number;
	readonly steps?: number;
	readonly downBytes?: number;
	readonly upBytes?: number;
	readonly simulatedSeconds?: number;
	readonly wallSeconds?: number;
}

/** Columns of `clients.csv`, in order. */
export const clientColumns = [
	"round",
	"client",
	"outcome",
	"phase",
	"reason",
	"trainLoss",
	"accuracy",
	"loss",
	"numExamples",
	"steps",
	"downBytes",
	"upBytes",
	"simulatedSeconds",
	"wallSeconds",
] as const satisfies readonly (keyof ClientRow)[];

/** The rows that follow from an event: none for most. */
export function clientRowsOf(event: RunEvent): readonly ClientRow[] {
	if (event.type === "client.replied") {
		const { type: _, report, ...rest } = event;
		const { ownTest, ...training } = report;
		return [{ ...rest, ...training, ...trainedColumns(ownTest), outcome: "replied" }];
	}
	if (event.type === "client.lost") {
		const { type: _, ...rest } = event;
		return [{ ...rest, outcome: "lost" }];
	}
	if (event.type === "evaluated.clients") {
		return event.clients.map((client) => ({ ...client, round: event.round, outcome: "evaluated" }));
	}
	if (event.type === "evaluated.personal") {
		return event.clients.map((client) => ({ ...client, round: event.round, outcome: "personal" }));
	}
	return [];
}

function trainedColumns(test: BatchEvaluation | undefined): Pick<ClientRow, "accuracy" | "loss"> {
	if (test === undefined || test.numExamples === 0) return {};
	return { accuracy: test.numCorrect / test.numExamples, loss: test.lossSum / test.numExamples };
}
