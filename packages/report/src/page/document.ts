import { type Markup, markup, trusted } from "../markup.ts";
import { pageStyle } from "./assets.ts";

interface Page {
	readonly title: string;
	readonly version: string;
	readonly body: Markup;
	/** Where the page comes from: ` from the run folder ...`. */
	readonly origin?: Markup;
	/** Data for the script, and the script with the expression that allows it. */
	readonly script?: { readonly elements: Markup; readonly hash: string };
}

/** A whole page in the style of the report, which needs no network. Without a script none can run. */
export function pageDocument({ title, version, body, origin, script }: Page): string {
	const policy = [
		"default-src 'none'",
		"style-src 'unsafe-inline'",
		...(script === undefined ? [] : [`script-src '${script.hash}'`]),
		"img-src data:",
	].join("; ");
	return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="fl-sim ${version}">
<title>${title} – fl-sim</title>
<style>
${trusted(pageStyle())}
</style>
</head>
<body>
<main>
${body}
</main>
<footer><p>Written by fl-sim ${version}${origin}. This file is complete: it opens without a network.</p></footer>
${script?.elements}
</body>
</html>
`.text;
}
