import { stripVTControlCharacters } from "node:util";
import { sampleEvents } from "@fl-sim/testkit";
import { expect, test } from "vitest";
import { advance, noProgress } from "./progress.ts";
import { terminalLines } from "./terminal-lines.ts";

const events = sampleEvents(8);
const middle = events
	.slice(0, events.findIndex((event) => event.type === "client.lost") + 1)
	.reduce(advance, noProgress);

test("the lines show round, clients, accuracy and bytes", () => {
	const [round, clients, quality, traffic] = terminalLines(middle, { width: 100, color: false });
	expect(round).toMatch(/^Round {5}━+─+ {2}2\/8 {2}13% {2}about 14\.0 s left$/);
	expect(clients).toMatch(/^Clients {3}━+ {2}4\/4 {2}1 lost$/);
	expect(quality).toMatch(/^Accuracy {2}\d+\.\d% {2}loss 1\.200 {2}▁█$/);
	expect(traffic).toBe("Sent      1.97 MB down  1.73 MB up  1 answer lost  1.50 s (simulated 10.0 s)");
});

test("lines keep to the width of the terminal and carry no styles without colour", () => {
	for (const width of [10, 24, 40, 80, 200]) {
		for (let count = 0; count <= events.length; count += 1) {
			const progress = events.slice(0, count).reduce(advance, noProgress);
			const plain = terminalLines(progress, { width, color: false });
			expect(plain).toHaveLength(4);
			for (const line of plain) expect(line.length).toBeLessThanOrEqual(width);
			const styled = terminalLines(progress, { width, color: true });
			expect(styled.map((line) => stripVTControlCharacters(line))).toEqual(plain);
			expect(plain.join("")).not.toMatch(/\p{Cc}|NaN|undefined/u);
		}
	}
});
