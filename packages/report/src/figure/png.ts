import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";

const require = createRequire(import.meta.url);

/** The figures' own font: system fonts differ from machine to machine, and so would the picture. */
const fontFiles = [
	require.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
	require.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
];

/** Draws an SVG document as PNG, equal on every machine. `width` is in pixels; the height follows. */
export function svgToPng(svg: string, options: { readonly width?: number } = {}): Uint8Array {
	const drawing = new Resvg(svg, {
		font: {
			loadSystemFonts: false,
			fontFiles,
			defaultFontFamily: "Inter",
			sansSerifFamily: "Inter",
			monospaceFamily: "Inter",
		},
		fitTo: { mode: "width", value: options.width ?? 1440 },
	});
	return drawing.render().asPng();
}
