import { styleText } from "node:util";
import type { Show } from "./shown-process.ts";

const colors = ["cyan", "green", "yellow", "magenta", "blue", "red"] as const;
const widestName = 10;

/** Shows lines with the name of their process, in a color of its own where the terminal has some. */
export function prefixedLines(write: (text: string) => void): Show {
	const seen: string[] = [];
	return (name, line) => {
		if (line.trim() === "") return;
		if (!seen.includes(name)) seen.push(name);
		const color = colors[seen.indexOf(name) % colors.length] ?? "cyan";
		write(`${styleText(color, `${name.padEnd(widestName)}|`)} ${line}\n`);
	};
}
