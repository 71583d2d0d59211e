import { expect, test } from "vitest";
import { ConnectionRate, networkOf } from "./connection-rate.ts";

const minute = 60_000;

test("an address has its connections of a minute at once, and then as many again in a minute", () => {
	const rate = new ConnectionRate(60);
	const take = (count: number, now: number) =>
		Array.from({ length: count }, () => rate.take("10.0.0.1", now)).filter((each) => each === "admitted")
			.length;
	expect(take(100, 0)).toBe(60);
	expect(take(5, 999)).toBe(0);
	expect(take(5, 2000)).toBe(2);
	expect(take(100, 2000 + minute / 2)).toBe(30);
	expect(take(100, 10 * minute)).toBe(60);
});

test("the first that is refused is told apart, until the address was quiet for long", () => {
	const rate = new ConnectionRate(2);
	const take = (now: number) => rate.take("10.0.0.1", now);
	expect([take(0), take(0), take(0), take(0)]).toEqual(["admitted", "admitted", "first refused", "refused"]);
	// Every half minute one is let in: that is the same burst.
	expect([take(30_000), take(30_000), take(60_000), take(60_000)]).toEqual([
		"admitted",
		"refused",
		"admitted",
		"refused",
	]);
	expect([take(3 * minute), take(3 * minute), take(3 * minute)]).toEqual([
		"admitted",
		"admitted",
		"first refused",
	]);
});

test("one address does not use up what another has, and none is remembered for longer than it matters", () => {
	const rate = new ConnectionRate(1);
	expect(rate.take("10.0.0.1", 0)).toBe("admitted");
	expect(rate.take("10.0.0.1", 0)).toBe("first refused");
	expect(rate.take("10.0.0.2", 0)).toBe("admitted");
	expect(rate.forget(minute / 2)).toBe(2);
	expect(rate.forget(minute)).toBe(0);
});

test.each([
	["192.0.2.7", "192.0.2.7"],
	["::ffff:192.0.2.7", "192.0.2.7"],
	["::1", "0:0:0:0::/64"],
	["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
	["2001:db8:1:2::9", "2001:db8:1:2::/64"],
	["2001:db8::9", "2001:db8:0:0::/64"],
	["fe80::1%eth0", "fe80:0:0:0::/64"],
	["unknown", "unknown"],
])("%s is of %s", (address, network) => {
	expect(networkOf(address)).toBe(network);
});
