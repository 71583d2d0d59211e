import type { Figure } from "../figure/figures.ts";
import { type Markup, type MarkupValue, markup, trusted } from "../markup.ts";

/** A chart that the page's script draws; the static figure takes its place in print and without a script. */
export interface ChartFigure {
	/** The script finds its place by this name. */
	readonly chart: string;
	readonly title: string;
	/** What the chart says, in a sentence. */
	readonly caption?: string;
	/** Shown between caption and chart. */
	readonly controls?: MarkupValue;
	readonly figure: Figure | undefined;
}

export function chartFigure({ chart, title, caption, controls, figure }: ChartFigure): Markup {
	return markup`<figure>
<figcaption><h3>${title}</h3>${caption !== undefined && markup`<p>${caption}</p>`}</figcaption>
${controls}
<div class="chart" data-chart="${chart}" data-label="${title}. ${caption ?? ""}"></div>
${figure !== undefined && staticFigure(figure)}
</figure>`;
}

function staticFigure({ name, svg, title }: Figure): Markup {
	return markup`<div class="static" data-static="${name}">${trusted(svg)}</div>
<button type="button" class="plain save" data-figure="${name}" aria-label="Save figure: ${title} (SVG)">Save figure</button>`;
}
