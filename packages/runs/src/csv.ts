/** A line of a CSV file (RFC 4180, but ended by a bare newline). What is missing or not finite is left empty. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
	return `${cells.map(csvCell).join(",")}\n`;
}

function csvCell(cell: string | number | null | undefined): string {
	if (cell === null || cell === undefined) return "";
	if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
	return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
