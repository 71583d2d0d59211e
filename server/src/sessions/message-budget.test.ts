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

test("a client that goes on although it is held back floods, however long each pause is", () => {
	const budget = new MessageBudget(0);
	let now = 0;
	let numReads = 0;
	for (let pause = 0; pause !== Number.POSITIVE_INFINITY; numReads++) {
		// As much as one read of a socket holds, then as long a pause as was asked for.
		for (let i = 0; i < 1724 && pause !== Number.POSITIVE_INFINITY; i++) pause = budget.take(now, 0);
		if (pause !== Number.POSITIVE_INFINITY) now += pause;
		expect(numReads).toBeLessThan(5);
	}
});

test("a client that keeps to its rate after a burst never floods", () => {
	const budget = new MessageBudget(0);
	let now = 0;
	for (let i = 0; i < 20_000; i++) {
		now += 1001 / messageBudget.perSecond;
		expect(budget.take(now, 0)).toBe(0);
	}
});
