import type { RunEvent } from "@fl-sim/core";
import { expect, test } from "vitest";
import { sampleRecord } from "../sample-run.fixture.ts";
import { renderReport } from "./page.ts";

const record = sampleRecord();

/** The sample run with what a method measured in two rounds, and with clients' own models. */
function withMethod(): string {
	const measured: RunEvent[] = [1, 2].flatMap((round): RunEvent[] => [
		{ type: "measured", round, name: "collaborators per client", value: 3 - round },
		{
			type: "measured",
			round,
			name: "collaboration <of clients>",
			value: {
				clients: [4, 7],
				values: [
					[1, round - 1],
					[0, 1],
				],
			},
		},
	]);
	return renderReport({
		...record,
		rounds: record.rounds.map((row) => ({ ...row, personalAccuracyMean: 0.8, trainedAccuracyMean: 0.9 })),
		events: () => [...record.events(), ...measured],
	});
}

test("what a method measures is drawn: a curve for each number, a picture of each round for matrices", () => {
	const page = withMethod();
	expect(page).toContain('<h2 id="method">');
	for (const title of ["Clients&#39; own models by round", "Collaborators per client"]) {
		expect(page).toContain(`<title>${title}</title>`);
	}
	expect(page).toContain("<title>Collaboration &lt;of clients&gt;, round 2</title>");
	expect(page).not.toContain("<of clients>");
	const cellsOf = (round: number) => {
		const [, picture = ""] = page.split(`round ${round}</title>\n<rect`);
		return [...(picture.split("</svg>")[0] ?? "").matchAll(/<title>(client[^<]*)<\/title>/g)].map(
			([, text]) => text,
		);
	};
	expect(cellsOf(1)).toEqual(["client 4 and client 4: 1", "client 7 and client 7: 1"]);
	expect(cellsOf(2)).toEqual([
		"client 4 and client 4: 1",
		"client 4 and client 7: 1",
		"client 7 and client 7: 1",
	]);
});

test("a method that measures nothing has no section of its own", () => {
	expect(renderReport(record)).not.toContain('id="method"');
});
