import type { Manifest } from "@fl-sim/runs";
import { stringify } from "yaml";
import { formatAmount, formatCount } from "../format.ts";
import { type Markup, type MarkupValue, markup } from "../markup.ts";
import type { ReportData } from "../report-data.ts";
import { highlightYaml } from "./yaml-highlight.ts";

/** The resolved scenario, where the run took place, and how to repeat it. */
export function settings(data: ReportData): Markup {
	const { manifest, scenario } = data;
	return markup`<section aria-labelledby="settings">
<div class="section-head"><h2 id="settings">Settings</h2></div>
<h3>How to reproduce</h3>
<p>The same scenario and seed give the same numbers for every number of workers.${manifest.weightsSha256 !== null && markup` On the same backend the final weights have the SHA-256 <code class="hash">${manifest.weightsSha256}</code>.`}</p>
<div class="command"><pre tabindex="0" aria-label="Command"><code id="command">${commandOf(manifest)}</code></pre><button type="button" class="plain script-only" data-copy="command">Copy</button></div>
<p class="note">The run folder holds the scenario with everything worked in: <code>${manifest.id}/resolved.yaml</code>.</p>
<details><summary>Resolved scenario</summary>
<div class="command"><pre tabindex="0" aria-label="Resolved scenario as YAML"><code id="scenario" class="yaml">${highlightYaml(stringify(scenario).trimEnd())}</code></pre><button type="button" class="plain script-only" data-copy="scenario">Copy</button></div>
</details>
<details><summary>Environment</summary>
<div class="scroll"><table class="facts"><caption class="hidden">Environment</caption><tbody>
${environment(manifest).map(([label, value]) => markup`<tr><th scope="row">${label}</th><td>${value}</td></tr>\n`)}</tbody></table></div>
</details>
</section>`;
}

/** The command as a shell takes it. */
function commandOf({ commandLine }: Manifest): string {
	return commandLine
		.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
		.join(" ");
}

function environment(manifest: Manifest): readonly (readonly [string, MarkupValue])[] {
	const { backend, git, machine } = manifest;
	const rows: (readonly [string, MarkupValue] | undefined)[] = [
		["fl-sim", manifest.version],
		["Run", manifest.id],
		["Scenario file", manifest.scenarioFile],
		["Scenario hash", markup`<code class="hash">${manifest.scenarioHash}</code>`],
		git === null
			? undefined
			: [
					"Commit",
					markup`<code class="hash">${git.commit}</code>${git.dirty && " with uncommitted changes"}`,
				],
		["Backend", backend === null ? "none was opened" : `${backend.name} ${backend.version}`],
		...(backend?.notChosen ?? []).map(({ name, reason }) => [`Not chosen: ${name}`, reason] as const),
		["Workers", formatCount(manifest.workers)],
		["Processor", `${machine.cpuModel}, ${formatAmount(machine.cpuCores, "core")}`],
		["Platform", machine.platform],
		["Node", machine.node],
		["Started", manifest.startedAt],
		["Ended", manifest.endedAt ?? "not yet"],
		...manifest.resumes.map(
			({ afterRound, at }) => ["Resumed", `after round ${formatCount(afterRound)}, ${at}`] as const,
		),
	];
	return rows.filter((row) => row !== undefined);
}
