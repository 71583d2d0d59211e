import { elementById } from "./page-element.ts";

const storageKey = "fl-sim-theme";
const darkQuery = matchMedia("(prefers-color-scheme: dark)");

type Theme = "light" | "dark";

/** Storage is refused in some browsers for pages opened from a file: then the choice lasts as long as the page. */
function storedTheme(): Theme | undefined {
	try {
		const stored = localStorage.getItem(storageKey);
		return stored === "light" || stored === "dark" ? stored : undefined;
	} catch {
		return undefined;
	}
}

function storeTheme(theme: Theme): void {
	try {
		localStorage.setItem(storageKey, theme);
	} catch {
		return;
	}
}

/** Lets the button change between light and dark; calls `onChange` whenever colours have changed. */
export function followTheme(onChange: () => void): void {
	const button = elementById("theme");
	const systemTheme = (): Theme => (darkQuery.matches ? "dark" : "light");
	let chosen = storedTheme();
	const apply = () => {
		const theme = chosen ?? systemTheme();
		document.documentElement.dataset["theme"] = theme;
		button.textContent = theme === "dark" ? "Light theme" : "Dark theme";
	};
	apply();
	button.hidden = false;
	button.addEventListener("click", () => {
		chosen = (chosen ?? systemTheme()) === "dark" ? "light" : "dark";
		storeTheme(chosen);
		apply();
		onChange();
	});
	darkQuery.addEventListener("change", () => {
		apply();
		onChange();
	});
}
