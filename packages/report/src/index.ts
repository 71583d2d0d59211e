export type { Figure } from "./figure/figures.ts";
export { svgToPng } from "./figure/png.ts";
export { renderReport } from "./page/page.ts";
export { renderFigures } from "./render-figures.ts";
export { type FigureFormat, figureFormats, writeFigures, writeReport } from "./write-report.ts";
