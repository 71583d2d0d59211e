import type { RunEvent } from "@fl-sim/core";
import { openAppendFile } from "./append-file.ts";
import { clientColumns, clientRowsOf } from "./client-rows.ts";
import { csvLine } from "./csv.ts";
import { type RoundMetrics, roundColumns } from "./round-metrics.ts";
import { createRoundRows } from "./round-rows.ts";
import { runFile } from "./run-files.ts";

/** The files that follow from the events: `metrics.jsonl`, `metrics.csv`, `clients.csv`. */
export interface RunTables {
	record(event: RunEvent): void;
	/** Adds the row of the last round. */
	finish(): void;
	/** Hands all rows to the system. */
	write(): void;
	close(): void;
}

/** Opens the tables: `a` to go on, `w` to write them anew. Methods throw FL_RUN_WRITE. */
export function openRunTables(folder: string, flag: "a" | "w"): RunTables {
	const lines = openAppendFile(folder, runFile(folder, "metricsLines"), flag);
	const table = openAppendFile(folder, runFile(folder, "metricsTable"), flag);
	const clients = openAppendFile(folder, runFile(folder, "clients"), flag);
	const files = [lines, table, clients];
	if (table.isEmpty) table.append(csvLine(roundColumns));
	if (clients.isEmpty) clients.append(csvLine(clientColumns));
	const rows = createRoundRows();
	function add(row: RoundMetrics | undefined): void {
		if (row === undefined) return;
		lines.append(`${JSON.stringify(row, [...roundColumns])}\n`);
		table.append(csvLine(roundColumns.map((column) => row[column])));
	}
	return {
		record(event) {
			for (const row of clientRowsOf(event)) clients.append(csvLine(clientColumns.map((name) => row[name])));
			add(rows.add(event));
		},
		finish: () => add(rows.finish()),
		write() {
			for (const file of files) file.write();
		},
		close() {
			for (const file of files) file.close();
		},
	};
}
