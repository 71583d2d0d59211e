import { type Figure, figureName } from "../figure/figures.ts";
import { renderMatrix } from "../figure/matrix.ts";
import { formatCount } from "../format.ts";
import { type Markup, markup, trusted } from "../markup.ts";
import { evenlyThinned, type ReportData, type RoundMatrix } from "../report-data.ts";

const maxMatrices = 6;

/** Clients' own models and what the method measured itself; nothing for methods with neither. */
export function method(data: ReportData, figures: ReadonlyMap<string, Figure>): Markup | false {
	const names = ["personal-models", ...[...data.methodNumbers.keys()].map(figureName)];
	const drawn = names.flatMap((name) => figures.get(name) ?? []);
	if (drawn.length === 0 && data.methodMatrices.size === 0) return false;
	return markup`<section aria-labelledby="method">
<div class="section-head"><h2 id="method">Method</h2></div>
<p class="lead">What ${data.manifest.algorithm} tells of itself.</p>
<div class="drawings">${drawn.map(
		({ svg, title }) => markup`<figure><figcaption class="hidden">${title}</figcaption>
<div class="drawing">${trusted(svg)}</div>
</figure>`,
	)}</div>
${[...data.methodMatrices].map(([name, matrices]) => matrixFigure(name, matrices))}
</section>`;
}

function matrixFigure(name: string, matrices: readonly RoundMatrix[]): Markup {
	const title = name.charAt(0).toUpperCase() + name.slice(1);
	return markup`<figure>
<figcaption><h3>${title}</h3><p>Row: a client; column: whom it is about. Dark is 1, nothing is 0.</p></figcaption>
<div class="matrices">${evenlyThinned(matrices, maxMatrices).map(
		({ round, matrix }) =>
			markup`<div><p class="note">Round ${formatCount(round)}</p>${trusted(renderMatrix(matrix, `${title}, round ${round}`))}</div>`,
	)}</div>
</figure>`;
}
