import type { ChartData, Column } from "../chart-data.ts";

/** Columns as CSV (RFC 4180) with the names as first line; a missing value is an empty field. */
function csvOf(columns: Readonly<Record<string, Column>>): string {
	const names = Object.keys(columns);
	const rows = (columns[names[0] ?? ""] ?? []).map((_, row) =>
		names.map((name) => columns[name]?.[row] ?? "").join(","),
	);
	return [names.join(","), ...rows, ""].join("\r\n");
}

function save(fileName: string, type: string, text: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([text], { type }));
	link.download = fileName;
	link.click();
	// Some browsers read the address only after the click has been handled.
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Makes every button with `data-download` offer its file. */
export function offerDownloads(data: ChartData): void {
	const csv: Readonly<Record<string, () => string>> = {
		rounds: () => csvOf(data.rounds),
		"client-rounds": () => csvOf(data.clientRounds),
		clients: () => csvOf(data.lastClients),
	};
	for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-download]")) {
		const what = button.dataset["download"] ?? "";
		const text = csv[what];
		button.addEventListener("click", () => {
			if (text !== undefined) save(`${data.fileName}-${what}.csv`, "text/csv", text());
			else save(`${data.fileName}.json`, "application/json", JSON.stringify(data, undefined, "\t"));
		});
	}
	for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-figure]")) {
		const name = button.dataset["figure"] ?? "";
		button.addEventListener("click", () => {
			const svg = document.querySelector(`[data-static="${name}"] svg`);
			if (svg !== null) save(`${data.fileName}-${name}.svg`, "image/svg+xml", svg.outerHTML);
		});
	}
}

/** Makes every button with `data-copy` copy the text of the element that it names. */
export function offerCopies(): void {
	for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
		const label = button.textContent;
		const source = document.getElementById(button.dataset["copy"] ?? "");
		button.addEventListener("click", () => {
			if (source === null) return;
			copyText(source).then(
				() => {
					button.textContent = "Copied";
					setTimeout(() => {
						button.textContent = label;
					}, 1500);
				},
				() => selectText(source),
			);
		});
	}
}

async function copyText(source: HTMLElement): Promise<void> {
	await navigator.clipboard.writeText(source.textContent);
}

/** Where the clipboard is refused, the text is at least selected. */
function selectText(source: HTMLElement): void {
	getSelection()?.selectAllChildren(source);
}
