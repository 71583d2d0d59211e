import { type Markup, markup, trusted } from "../markup.ts";
import { pageStyle } from "./assets.ts";

/** A page without a script, in the style of the report. */
export function plainDocument(page: {
	readonly title: string;
	readonly version: string;
	readonly body: Markup;
}): string {
	return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="fl-sim ${page.version}">
<title>${page.title} – fl-sim</title>
<style>
${trusted(pageStyle())}
</style>
</head>
<body>
<main>
${page.body}
</main>
<footer><p>Written by fl-sim ${page.version}. This file is complete: it opens without a network.</p></footer>
</body>
</html>
`.text;
}
