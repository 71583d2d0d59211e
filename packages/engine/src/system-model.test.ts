import { expect, test } from "vitest";
import { createSystemModel, type SystemSettings } from "./system-model.ts";

const reliable: SystemSettings = {
	availability: 1,
	dropout: 0,
	stragglers: { fraction: 0, slowdown: 3, policy: "drop" },
	secondsPerStep: 0.5,
};

function shares(settings: SystemSettings): Map<string, number> {
	const system = createSystemModel(settings, 1);
	const counts = new Map<string, number>();
	for (let client = 0; client < 4000; client++) {
		const { status } = system.fate(3, client, 10);
		counts.set(status, (counts.get(status) ?? 0) + 1 / 4000);
	}
	return counts;
}

test("reliable clients always answer with all their work", () => {
	const system = createSystemModel(reliable, 1);
	expect(system.fate(1, 5, 100)).toEqual({ status: "answers", workFraction: 1 });
	expect(system.secondsFor(5, 100)).toBe(50);
});

test("availability and drop-out are the probabilities they are called", () => {
	const counts = shares({ ...reliable, availability: 0.8, dropout: 0.25 });
	expect(counts.get("unavailable")).toBeCloseTo(0.2, 1);
	expect(counts.get("dropped")).toBeCloseTo(0.8 * 0.25, 1);
	expect(counts.get("answers")).toBeCloseTo(0.6, 1);
});

test("fates do not depend on who else was asked, or when", () => {
	const settings = { ...reliable, availability: 0.5, dropout: 0.5 };
	const one = createSystemModel(settings, 7);
	const other = createSystemModel(settings, 7);
	const forwards = Array.from({ length: 50 }, (_, client) => one.fate(2, client, 1));
	const backwards = Array.from({ length: 50 }, (_, i) => other.fate(2, 49 - i, 1)).reverse();
	expect(backwards).toEqual(forwards);
});

test("a straggler is dropped at the deadline, or sends the share it got done", () => {
	const slow = { fraction: 1, slowdown: 4, policy: "drop" } as const;
	const dropping = createSystemModel({ ...reliable, stragglers: slow, deadlineSeconds: 10 }, 1);
	expect(dropping.fate(1, 0, 10)).toEqual({ status: "deadline" }); // 10 steps x 0.5 s x 4 = 20 s
	const partial = { ...slow, policy: "partial" } as const;
	const sending = createSystemModel({ ...reliable, stragglers: partial, deadlineSeconds: 10 }, 1);
	expect(sending.fate(1, 0, 10)).toEqual({ status: "answers", workFraction: 0.5 });
	expect(
		createSystemModel({ ...reliable, stragglers: partial, deadlineSeconds: 1 }, 1).fate(1, 0, 10),
	).toEqual({
		status: "deadline", // not even one step fits
	});
});

test("the stated share of clients is slow, always the same ones", () => {
	const system = createSystemModel(
		{ ...reliable, stragglers: { fraction: 0.3, slowdown: 2, policy: "drop" } },
		5,
	);
	const slow = Array.from({ length: 2000 }, (_, client) => system.secondsFor(client, 1) > 0.5);
	expect(slow.filter(Boolean).length / 2000).toBeCloseTo(0.3, 1);
	expect(Array.from({ length: 2000 }, (_, client) => system.secondsFor(client, 1) > 0.5)).toEqual(slow);
});
