import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from "../format.ts";
import { type Markup, type MarkupValue, markup } from "../markup.ts";
import { highest, measured, type ReportData } from "../report-data.ts";

interface KeyFigure {
	readonly label: string;
	readonly value: string;
	readonly note?: string | undefined;
}

const statusNames = {
	finished: "Finished",
	interrupted: "Interrupted",
	failed: "Failed",
	running: "Not finished",
} as const;

const stopReasons = {
	rounds: "all rounds done",
	targetAccuracy: "stopped at the target accuracy",
	byteBudget: "stopped at the byte budget",
} as const;

/** Name, status and key figures of the run. */
export function header(data: ReportData): Markup {
	const { manifest } = data;
	return markup`<header>
<div class="top"><p class="kind">Federated learning run</p><button type="button" id="theme" class="plain" hidden></button></div>
<h1>${manifest.name}</h1>
${data.description !== undefined && markup`<p class="lead">${data.description}</p>`}
<p class="setup">${setupOf(data)}</p>
<p class="status ${manifest.status}"><span>${statusNames[manifest.status]}</span>${manifest.stopReason !== null && markup` · ${stopReasons[manifest.stopReason]}`} · started ${startOf(data)}</p>
${problem(data)}
<dl class="key-figures">
${keyFigures(data).map(({ label, value, note }) => markup`<div><dt>${label}</dt><dd>${value}${note !== undefined && markup`<small>${note}</small>`}</dd></div>\n`)}</dl>
</header>`;
}

function startOf({ manifest }: ReportData): MarkupValue {
	const text = manifest.startedAt.replace("T", " ").replace(/:\d\d(\.\d+)?Z$/, " UTC");
	return markup`<time datetime="${manifest.startedAt}">${text}</time>`;
}

/** A sentence that says what a reader of an unfinished run must know. */
function problem({ manifest, rounds }: ReportData): MarkupValue {
	const done = Math.max(0, rounds.at(-1)?.round ?? 0);
	const progress = `${formatCount(done)} of ${formatCount(manifest.rounds)} rounds were done.`;
	switch (manifest.status) {
		case "finished":
			return undefined;
		case "interrupted":
			return markup`<p class="notice">The run was interrupted: ${progress} It can go on with <code>fl-sim resume ${manifest.id}</code>.</p>`;
		case "running":
			return markup`<p class="notice">The run had not ended when this report was written: ${progress} If its process is gone, it can go on with <code>fl-sim resume ${manifest.id}</code>.</p>`;
		case "failed":
			return markup`<p class="notice problem">The run failed: ${progress}${manifest.error !== null && markup` <code>${manifest.error.code}</code> ${manifest.error.message}`}</p>`;
	}
}

/** `fedavg on glyphs, dirichlet partition · lenet5 with 61,706 parameters · 10 of 100 clients per round`. */
function setupOf({ manifest, scenario, parameters }: ReportData): string {
	const nameOf = (section: string) => textAt(scenario, section, "name");
	const [dataset, partition, model] = [nameOf("dataset"), nameOf("partition"), nameOf("model")];
	const [number, perRound] = [textAt(scenario, "clients", "number"), textAt(scenario, "clients", "perRound")];
	return [
		manifest.algorithm +
			(dataset === undefined ? "" : ` on ${dataset}`) +
			(partition === undefined ? "" : `, ${partition} partition`),
		model !== undefined &&
			model + (parameters === undefined ? "" : ` with ${formatCount(parameters)} parameters`),
		number !== undefined && perRound !== undefined && `${perRound} of ${number} clients per round`,
	]
		.filter((part) => part !== false)
		.join(" · ");
}

/** A plain value inside a section of the scenario. */
function textAt(
	scenario: Readonly<Record<string, unknown>>,
	section: string,
	key: string,
): string | undefined {
	const inside = scenario[section];
	if (typeof inside !== "object" || inside === null) return undefined;
	const value: unknown = Reflect.get(inside, key);
	return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function keyFigures(data: ReportData): KeyFigure[] {
	const { manifest, rounds } = data;
	const accuracies = measured(data, "centralAccuracy");
	const last = rounds.at(-1);
	const [final, best] = [accuracies.at(-1), highest(accuracies)];
	const loss = measured(data, "centralLoss").at(-1);
	const clients = data.clientRounds.at(-1)?.statistics;
	const personal = measured(data, "personalAccuracyMean").at(-1);
	return [
		{
			label: "Final accuracy",
			value: formatPercent(final?.value ?? Number.NaN),
			note:
				final === undefined || best === undefined
					? "not evaluated"
					: best.round === final.round
						? `best of the run, round ${formatCount(best.round)}`
						: `best ${formatPercent(best.value)} in round ${formatCount(best.round)}`,
		},
		{ label: "Test loss", value: formatNumber(loss?.value ?? Number.NaN), note: loss && "nats" },
		...(clients === undefined
			? []
			: [
					{
						label: "Accuracy on clients",
						value: formatPercent(clients.mean),
						note: `worst decile ${formatPercent(clients.worstDecile)}`,
					},
				]),
		...(personal === undefined
			? []
			: [
					{
						label: "Clients' own models",
						value: formatPercent(personal.value),
						note: "mean on their test examples",
					},
				]),
		{
			label: "Rounds",
			value: formatCount(last?.round ?? 0),
			note: `of ${formatCount(manifest.rounds)}`,
		},
		{ label: "Sent to clients", value: formatBytes(last?.totalDownBytes ?? 0), note: "payload" },
		{ label: "Sent to server", value: formatBytes(last?.totalUpBytes ?? 0), note: "payload" },
		{
			label: "Wall time",
			value: formatDuration(last?.totalWallSeconds ?? 0),
			note: "without evaluation",
		},
		{ label: "Simulated time", value: formatDuration(last?.totalSimulatedSeconds ?? 0) },
		{
			label: "Backend",
			value: manifest.backend?.name ?? "–",
			note: manifest.backend?.version,
		},
		{ label: "Seed", value: String(manifest.seed) },
	];
}
