import type { Figure } from "../figure/figures.ts";
import { formatCount, formatNumber, formatPercent } from "../format.ts";
import { type Markup, markup, trusted } from "../markup.ts";
import { highest, measured, type ReportData } from "../report-data.ts";
import { chartFigure } from "./chart-figure.ts";

const axes = [
	["round", "Rounds"],
	["totalBytes", "Bytes"],
	["totalWallSeconds", "Wall time"],
	["totalSimulatedSeconds", "Simulated time"],
] as const;

/** Accuracy and loss over rounds, bytes and time. */
export function learning(data: ReportData, figures: ReadonlyMap<string, Figure>): Markup {
	const isEmpty = !figures.has("accuracy-by-round") && !figures.has("loss-by-round");
	return markup`<section aria-labelledby="learning">
<div class="section-head"><h2 id="learning">Learning</h2>
${!isEmpty && axisControl()}</div>
${isEmpty && markup`<p class="empty">No round was finished and the model was not evaluated, so there is nothing to draw.</p>`}
${accuracyFigure(data, figures)}
${
	figures.has("loss-by-round") &&
	chartFigure({
		chart: "loss",
		title: "Loss",
		caption: lossSentence(data),
		figure: figures.get("loss-by-round"),
	})
}
</section>`;
}

function axisControl(): Markup {
	return markup`<fieldset class="segments script-only"><legend>Horizontal axis</legend>
${axes.map(([value, label]) => markup`<label><input type="radio" name="axis" value="${value}"${value === "round" && markup` checked`}><span>${label}</span></label>`)}
</fieldset>`;
}

function accuracyFigure(data: ReportData, figures: ReadonlyMap<string, Figure>): Markup | false {
	const accuracies = measured(data, "centralAccuracy");
	if (accuracies.length === 0) {
		return (
			figures.has("loss-by-round") &&
			markup`<p class="empty">The global model was not evaluated on the central test set.</p>`
		);
	}
	const byBytes = figures.get("accuracy-by-bytes");
	return markup`${chartFigure({
		chart: "accuracy",
		title: "Test accuracy",
		caption: accuracySentence(data),
		figure: figures.get("accuracy-by-round"),
	})}
${byBytes !== undefined && markup`<div class="static" data-static="${byBytes.name}">${trusted(byBytes.svg)}</div>`}`;
}

function accuracySentence(data: ReportData): string {
	const accuracies = measured(data, "centralAccuracy");
	const [first, last, best] = [accuracies[0], accuracies.at(-1), highest(accuracies)];
	if (first === undefined || last === undefined || best === undefined) return "";
	const level = `${formatPercent(last.value)} after round ${formatCount(last.round)}`;
	if (first === last) return `${level}.`;
	return `From ${formatPercent(first.value)} ${first.round === 0 ? "before training" : `after round ${formatCount(first.round)}`} to ${level}; best ${formatPercent(best.value)} after round ${formatCount(best.round)}.`;
}

function lossSentence(data: ReportData): string {
	const [test, train] = [measured(data, "centralLoss").at(-1), measured(data, "trainLoss").at(-1)];
	const parts = [
		test && `${formatNumber(test.value)} on the test set`,
		train && `${formatNumber(train.value)} in training on the clients of the round`,
	].filter((part) => part !== undefined);
	return `Cross-entropy in nats. At the end ${parts.join(", ")}.`;
}
