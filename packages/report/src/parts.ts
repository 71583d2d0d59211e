export { type Axis, type Line, type Plot, renderPlot } from "./figure/plot.ts";
export { extentOf, niceDomain } from "./figure/scale.ts";
export { type Markup, markup, trusted } from "./markup.ts";
export { pageDocument } from "./page/document.ts";
