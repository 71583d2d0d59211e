import { expect, test } from "vitest";
import { highlightYaml } from "./yaml-highlight.ts";

test("keys, numbers, words with a meaning and strings are told apart", () => {
	const { text } = highlightYaml("seed: 1\nclients:\n  nesterov: false\nname: a <b>\n# note");
	expect(text.split("\n")).toEqual([
		'<span class="key">seed</span>:<span class="number"> 1</span>',
		'<span class="key">clients</span>:',
		'  <span class="key">nesterov</span>:<span class="number"> false</span>',
		'<span class="key">name</span>:<span class="string"> a &lt;b&gt;</span>',
		'<span class="comment"># note</span>',
		"",
	]);
});

test("lists, quoted keys and values with colons keep their text", () => {
	const source = '- 0.5\n- name: x\n"a key": http://x:1\nplain: -1.5e-3\nratio: 10%';
	const { text } = highlightYaml(source);
	expect(text).toContain('- <span class="number">0.5</span>');
	expect(text).toContain('- <span class="key">name</span>:');
	expect(text).toContain(
		'<span class="key">&quot;a key&quot;</span>:<span class="string"> http://x:1</span>',
	);
	expect(text).toContain('<span class="number"> -1.5e-3</span>');
	expect(text).toContain('<span class="string"> 10%</span>');
	expect(text.replace(/<[^>]*>/g, "").replaceAll("&quot;", '"')).toBe(`${source}\n`);
});
