import type { ClientMatrix } from "@fl-sim/core";
import { markup } from "../markup.ts";

const side = 200;
/** More rows than this cannot be told apart. */
const maxClients = 60;

/** A small square picture of values from 0 to 1 for pairs of clients, the first 60 of them. */
export function renderMatrix({ clients, values }: ClientMatrix, title: string): string {
	const shown = Math.min(clients.length, maxClients);
	const cell = side / Math.max(1, shown);
	const at = (value: number): string => String(Math.round(value * 100) / 100);
	const cells = values.slice(0, shown).flatMap((row, i) =>
		row.slice(0, shown).flatMap((value, j) => {
			const level = Math.min(1, Math.max(0, value));
			if (level === 0) return [];
			const pair = `client ${clients[i]} and client ${clients[j]}: ${at(value)}`;
			return [
				markup`<rect x="${at(j * cell)}" y="${at(i * cell)}" width="${at(cell)}" height="${at(cell)}" fill-opacity="${at(level)}"><title>${pair}</title></rect>`,
			];
		}),
	);
	return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" role="img">
<title>${title}${shown < clients.length && markup` (the first ${shown} of ${clients.length} clients)`}</title>
<rect width="${side}" height="${side}" fill="#eef1f5"/>
<g fill="#0e3870">${cells}</g>
</svg>`.text;
}
