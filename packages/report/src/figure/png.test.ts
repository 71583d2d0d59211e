import { Resvg } from "@resvg/resvg-js";
import { expect, test } from "vitest";
import { svgToPng } from "./png.ts";

const svgWith = (content: string): string =>
	`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60" width="200" height="60"><rect width="200" height="60" fill="#ffffff"/>${content}</svg>`;

const text = (family: string, weight = 400): string =>
	svgWith(
		`<text x="10" y="40" font-size="28" font-family="${family}" font-weight="${weight}">Accuracy</text>`,
	);

/** Number of pixels darker than middle grey, read back from the picture itself. */
function darkPixels(png: Uint8Array): number {
	const image = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
	const { pixels } = new Resvg(svgWith(`<image width="200" height="60" href="${image}"/>`)).render();
	let dark = 0;
	for (let index = 0; index < pixels.length; index += 4) if ((pixels[index] as number) < 128) dark += 1;
	return dark;
}

test("text is drawn without any font of the system", () => {
	expect(darkPixels(svgToPng(svgWith(""), { width: 200 }))).toBe(0);
	expect(darkPixels(svgToPng(text("Inter"), { width: 200 }))).toBeGreaterThan(300);
});

test("a family that is not there falls back to the font that is", () => {
	expect(svgToPng(text("No Such Family"), { width: 200 })).toEqual(svgToPng(text("Inter"), { width: 200 }));
	expect(svgToPng(text("system-ui, sans-serif"), { width: 200 })).toEqual(
		svgToPng(text("Inter"), { width: 200 }),
	);
});

test("semi-bold text is darker than regular text", () => {
	const regular = darkPixels(svgToPng(text("Inter"), { width: 200 }));
	expect(darkPixels(svgToPng(text("Inter", 600), { width: 200 }))).toBeGreaterThan(regular * 1.1);
});

test("the width is the one asked for", () => {
	const png = svgToPng(svgWith(""), { width: 333 });
	expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	expect(new DataView(png.buffer, png.byteOffset).getUint32(16)).toBe(333);
});
