import { expect, test } from "vitest";
import { checkExposure, isLoopback } from "./exposure.ts";

test("loopback is what only this machine reaches", () => {
	for (const host of ["127.0.0.1", "127.1.2.3", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST"]) {
		expect(isLoopback(host), host).toBe(true);
	}
	const others = ["0.0.0.0", "::", "192.168.0.7", "10.0.0.1", "128.0.0.1", "fl.example.org", "", "::2"];
	for (const host of [...others, "localhost.example.org", "127.0.0.1.example.org", "fe80::1"]) {
		expect(isLoopback(host), host).toBe(false);
	}
});

const outside = { host: "0.0.0.0", hasTls: true, insecure: false, clientTokens: 1 };

test("on loopback nothing is needed", () => {
	for (const host of ["127.0.0.1", "::1", "localhost"]) {
		const bare = { host, hasTls: false, insecure: false, clientTokens: undefined };
		expect(() => checkExposure(bare)).not.toThrow();
	}
});

test("other machines need TLS, or a user who does without it by name", () => {
	expect(() => checkExposure(outside)).not.toThrow();
	expect(() => checkExposure({ ...outside, hasTls: false, insecure: true })).not.toThrow();
	for (const host of ["0.0.0.0", "::", "192.168.0.7", "fl.example.org"]) {
		expect(() => checkExposure({ ...outside, host, hasTls: false })).toThrowError(
			expect.objectContaining({
				code: "FL_SERVER_EXPOSED",
				message: expect.stringContaining(host),
				fix: expect.stringMatching(/certificates .*--cert .*--insecure/),
			}),
		);
	}
});

test("other machines need a token, whatever else is given", () => {
	for (const hasTls of [true, false]) {
		for (const clientTokens of [undefined, 0]) {
			expect(() => checkExposure({ ...outside, hasTls, insecure: true, clientTokens })).toThrowError(
				expect.objectContaining({
					code: "FL_SERVER_EXPOSED",
					fix: expect.stringContaining("tokens issue"),
				}),
			);
		}
	}
});
