/** Text in columns; the first `leftColumns` are aligned to the left, the others to the right. */
export function table(lines: readonly (readonly string[])[], leftColumns = 1): string {
	const numColumns = Math.max(...lines.map((line) => line.length));
	const widths = Array.from({ length: numColumns }, (_, column) =>
		Math.max(...lines.map((line) => line[column]?.length ?? 0)),
	);
	const align = (cell: string, column: number): string =>
		column < leftColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
	return `${lines.map((line) => line.map(align).join("  ").trimEnd()).join("\n")}\n`;
}

export function percent(share: number): string {
	return `${(100 * share).toFixed(1)}%`;
}
