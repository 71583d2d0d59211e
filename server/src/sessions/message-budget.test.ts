import { expect, test } from "vitest";
import { MessageBudget, messageBudget } from "./message-budget.ts";

test("a burst is free, then frames cost time, and time gives frames back", () => {
	const budget = new MessageBudget(0);
	for (let i = 0; i < messageBudget.burst; i++) expect(budget.take(0, 0)).toBe(0);
	expect(budget.take(0, 0)).toBe(1000 / messageBudget.perSecond);
	expect(budget.take(0, 0)).toBe(2000 / messageBudget.perSecond);
	expect(budget.take(1000, 0)).toBe(0);
});

test("a quiet client saves up no more than one burst", () => {
	const budget = new MessageBudget(0);
	for (let i = 0; i < messageBudget.burst; i++) expect(budget.take(1e9, 0)).toBe(0);
	expect(budget.take(1e9, 0)).toBeGreaterThan(0);
});

test("answers to what was asked are not held back, however fast they come", () => {
	const budget = new MessageBudget(0);
	for (let asked = 1; asked <= messageBudget.burst; asked++) {
		for (let i = 0; i < messageBudget.perRequest; i++) expect(budget.take(0, asked)).toBe(0);
	}
});
