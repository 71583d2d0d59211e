/** The element with this id; a page without it is a mistake of ours. */
export function elementById(id: string): HTMLElement {
	const element = document.getElementById(id);
	if (element === null) throw new Error(`the page has no element #${id}`);
	return element;
}

/** A new element with text and attributes. */
export function createElement(
	tag: string,
	attributes: Readonly<Record<string, string>>,
	text = "",
): HTMLElement {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	element.textContent = text;
	return element;
}

/** Value of a custom property of the style sheet, so that canvases follow the theme. */
export function styleColor(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
