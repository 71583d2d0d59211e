import { type Markup, markup, pageDocument, renderPlot, trusted } from "@fl-sim/report/parts";
import type { Comparison } from "./compare-runs.ts";
import type { ComparedRun } from "./compared-run.ts";
import { comparisonPlots, styleOf } from "./comparison-figures.ts";
import { type ComparisonTable, comparisonTables, tableLegend } from "./comparison-tables.ts";
import { groupRuns, type RunGroup } from "./run-groups.ts";
import { differingPaths } from "./settings.ts";

/** What a page says besides the figures. */
export interface PageTexts {
	readonly name: string;
	readonly description: string;
	readonly version: string;
	/** What runs are called, by their folders. */
	readonly labels: ReadonlyMap<string, string>;
}

/** A comparison as one HTML page that needs no network, no server and no script. */
export function comparisonPage(
	runs: readonly ComparedRun[],
	comparison: Comparison,
	{ name, description, version, labels }: PageTexts,
): string {
	const groups = groupRuns(runs, labels);
	const body = markup`<header><p class="kind">Comparison of federated learning runs</p>
<h1>${name}</h1>
${description !== "" && markup`<p class="lead">${description}</p>`}
</header>
<section aria-labelledby="figures"><div class="section-head"><h2 id="figures">Figures</h2></div>
<ul class="keys">${groups.map((group, index) => key(group, index))}</ul>
<div class="drawings">${comparisonPlots(groups).map((plot) => markup`<figure><div class="drawing">${trusted(renderPlot(plot))}</div></figure>`)}</div>
</section>
${comparisonTables(comparison).map(section)}
<p class="note">${tableLegend}</p>
${settingsSection(groups)}`;
	return pageDocument({ title: name, version, body });
}

function key({ label }: RunGroup, index: number): Markup {
	const { color, dashes = "none" } = styleOf(index);
	return markup`<li><svg width="32" height="10" aria-hidden="true"><line x1="2" x2="30" y1="5" y2="5" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dashes}"/></svg> ${label}</li>`;
}

function section({ title, head, rows }: ComparisonTable): Markup {
	return markup`<section><div class="section-head"><h2>${title}</h2></div>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="numbers"><caption class="hidden">${title}</caption>
<thead><tr>${head.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([first = "", ...rest]) => markup`<tr><th scope="row">${first}</th>${rest.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>
</section>`;
}

/** What all have in common, and what each has of its own. */
function settingsSection(groups: readonly RunGroup[]): Markup {
	const settings = groups.flatMap(({ runs: [first] }) => (first === undefined ? [] : [first.settings]));
	const differing = new Set(differingPaths(settings));
	const common = [...(settings[0] ?? [])].filter(([path]) => !differing.has(path));
	return markup`<section aria-labelledby="settings"><div class="section-head"><h2 id="settings">Settings</h2></div>
<details><summary>Of each</summary><div class="scroll"><table class="facts"><tbody>${groups.map(
		({ label, runs: [first] }) =>
			markup`<tr><th scope="row">${label}</th><td>${[...differing]
				.flatMap((path) => {
					const value = first?.settings.get(path);
					return value === undefined ? [] : [`${path}: ${value}`];
				})
				.join(", ")}</td></tr>\n`,
	)}</tbody></table></div></details>
<details><summary>Of all</summary><div class="scroll"><table class="facts"><tbody>${common.map(
		([path, value]) => markup`<tr><th scope="row">${path}</th><td>${value}</td></tr>\n`,
	)}</tbody></table></div></details>
</section>`;
}
