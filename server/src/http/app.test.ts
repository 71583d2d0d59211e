import { createToken } from "@fl-sim/protocol";
import { expect, test } from "vitest";
import { sampleApp, sampleStatus } from "./http-app.fixture.ts";

const admin = createToken("admin");
const entry = {
	id: "0badcafe",
	holder: "admin",
	label: null,
	createdAt: "2026-01-02T03:04:05.000Z",
	revokedAt: null,
	storedKey: "",
} as const;
const tokens = {
	checkAdmin: async (token: string) => (token === admin ? entry : undefined),
};
const bearer = { authorization: `Bearer ${admin}` };

test("health tells that the process is alive, whatever the run does", async () => {
	const { app, control } = await sampleApp();
	control.current = { ...sampleStatus, state: "failed" };
	const response = await app.inject("/health");
	expect([response.statusCode, response.json()]).toEqual([200, { status: "alive" }]);
});

test("ready tells whether the run accepts clients", async () => {
	const { app, control } = await sampleApp();
	for (const state of ["waiting", "running", "paused"] as const) {
		control.current = { ...sampleStatus, state };
		expect((await app.inject("/ready")).statusCode, state).toBe(200);
	}
	for (const state of ["stopping", "finished", "failed"] as const) {
		control.current = { ...sampleStatus, state };
		const response = await app.inject("/ready");
		expect(response.statusCode, state).toBe(503);
		expect(response.json()).toEqual({ code: "FL_HTTP_UNAVAILABLE", message: `the run is ${state}` });
	}
	control.current = { ...sampleStatus, run: null, state: "waiting" };
	expect((await app.inject("/ready")).statusCode).toBe(503);
});

test("metrics are those of the registry, in the form of Prometheus", async () => {
	const { app } = await sampleApp({ tokens });
	const response = await app.inject("/metrics");
	expect(response.statusCode).toBe(200);
	expect(response.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
	expect(response.body).toContain("fl_round 3");
});

test("the status is open to everybody, and complete", async () => {
	const { app, control } = await sampleApp({ tokens });
	expect((await app.inject("/api/run")).json()).toEqual(sampleStatus);
	const failed = {
		...sampleStatus,
		run: null,
		accuracy: null,
		error: { code: "FL_RUN_WRITE", message: "full" },
	};
	control.current = failed;
	expect((await app.inject("/api/run")).json()).toEqual(failed);
});

test("what is not part of a status does not leave the server", async () => {
	const { app, control } = await sampleApp();
	control.current = Object.assign({ token: "a secret" }, sampleStatus);
	expect((await app.inject("/api/run")).json()).toEqual(sampleStatus);
});

test("an action reaches the run in the states that allow it, and no other", async () => {
	const states = ["waiting", "running", "paused", "stopping", "finished", "failed"] as const;
	const allowed = {
		start: ["waiting"],
		pause: ["running"],
		continue: ["paused"],
		stop: ["waiting", "running", "paused"],
	};
	const { app, control } = await sampleApp({ tokens });
	for (const [action, from] of Object.entries(allowed)) {
		for (const state of states) {
			control.current = { ...sampleStatus, state };
			control.asked.length = 0;
			const response = await app.inject({ method: "POST", url: `/api/run/${action}`, headers: bearer });
			const isAllowed = from.includes(state);
			expect(response.statusCode, `${action} ${state}`).toBe(isAllowed ? 200 : 409);
			expect(control.asked).toEqual(isAllowed ? [action] : []);
			if (!isAllowed) expect(response.json()).toMatchObject({ code: "FL_HTTP_STATE" });
		}
	}
});

test("with tokens only an admin controls the run and takes the model", async () => {
	const { app, control, logged } = await sampleApp({ tokens });
	const routes = [
		["POST", "/api/run/start"],
		["POST", "/api/run/pause"],
		["POST", "/api/run/continue"],
		["POST", "/api/run/stop"],
		["GET", "/api/run/model.safetensors"],
	] as const;
	const wrong = [
		undefined,
		"",
		"Bearer",
		"Bearer ",
		`Basic ${admin}`,
		`Bearer ${createToken("admin")}`,
		`Bearer ${createToken(3)}`,
		`Bearer ${admin} ${admin}`,
		`Bearer ${"a".repeat(3000)}`,
		admin,
	];
	for (const [method, url] of routes) {
		for (const authorization of wrong) {
			const headers = authorization === undefined ? {} : { authorization };
			const response = await app.inject({ method, url, headers });
			expect(response.statusCode, `${url} ${authorization}`).toBe(401);
			expect(response.headers["www-authenticate"]).toBe("Bearer");
			expect(response.json()).toMatchObject({
				code: "FL_HTTP_UNAUTHORIZED",
				fix: expect.stringContaining("fl-server tokens issue --admin"),
			});
		}
	}
	expect(control.asked).toEqual([]);
	expect(
		logged()
			.split("\n")
			.filter((line) => line.includes("FL_HTTP_UNAUTHORIZED")),
	).toHaveLength(50);
	expect((await app.inject({ method: "POST", url: "/api/run/pause", headers: bearer })).statusCode).toBe(200);
	expect(control.asked).toEqual(["pause"]);
});

test("no token reaches the log, and each admitted request is one line with the id of its token", async () => {
	const { app, logged } = await sampleApp({ tokens });
	const secret = createToken("admin");
	await app.inject({ method: "POST", url: "/api/run/stop", headers: bearer });
	await app.inject({ method: "POST", url: "/api/run/stop", headers: { authorization: `Bearer ${secret}` } });
	await app.inject({ url: `/nothing?token=${secret}`, headers: bearer });
	for (const token of [admin, secret]) expect(logged()).not.toContain(token.split(".")[2]);
	const audit = logged()
		.split("\n")
		.filter((line) => line.includes('"msg":"admin"'));
	expect(audit.map((line) => JSON.parse(line) as object)).toEqual([
		expect.objectContaining({
			method: "POST",
			path: "/api/run/stop",
			token: "0badcafe",
			address: "127.0.0.1",
		}),
	]);
});

test("without tokens the run is controlled from this machine only", async () => {
	const { app, control } = await sampleApp();
	const pause = { method: "POST", url: "/api/run/pause" } as const;
	for (const host of ["127.0.0.1:8443", "localhost:8443", "[::1]:8443", "localhost"]) {
		expect((await app.inject({ ...pause, headers: { host } })).statusCode, host).toBe(200);
	}
	const before = control.asked.length;
	for (const host of [
		"fl.example.org",
		"evil.example.org:8443",
		"192.168.0.7:8443",
		"127.0.0.1.example.org",
	]) {
		const response = await app.inject({ ...pause, headers: { host } });
		expect(response.statusCode, host).toBe(403);
	}
	const remote = await app.inject({ ...pause, headers: { host: "localhost" }, remoteAddress: "192.0.2.7" });
	expect([remote.statusCode, remote.json().code]).toEqual([403, "FL_HTTP_FORBIDDEN"]);
	expect(control.asked).toHaveLength(before);
});

test("a page of another origin controls nothing unless it is allowed", async () => {
	const allowed = "https://board.example.org";
	for (const access of [{}, { tokens }]) {
		const { app, control } = await sampleApp({ ...access, allowedOrigins: [allowed] });
		const stop = { method: "POST", url: "/api/run/stop" } as const;
		const headers = { host: "localhost", ...bearer };
		for (const origin of ["https://evil.example.org", "null", `${allowed}.evil.org`, `${allowed}:444`, ""]) {
			expect((await app.inject({ ...stop, headers: { ...headers, origin } })).statusCode, origin).toBe(403);
		}
		expect(control.asked).toEqual([]);
		expect((await app.inject({ ...stop, headers: { ...headers, origin: allowed } })).statusCode).toBe(200);
	}
});

test("the model comes as a file with its round", async () => {
	const { app, control } = await sampleApp();
	const url = "/api/run/model.safetensors";
	const none = await app.inject(url);
	expect([none.statusCode, none.json().code]).toEqual([404, "FL_HTTP_NOT_FOUND"]);
	const memory = Uint8Array.of(9, 9, 1, 2, 3, 9);
	control.latest = { bytes: memory.subarray(2, 5), round: 12 };
	control.current = { ...sampleStatus, run: 'a "name"/../x' };
	const response = await app.inject(url);
	expect([...response.rawPayload]).toEqual([1, 2, 3]);
	expect(response.headers).toMatchObject({
		"x-fl-round": "12",
		"content-type": "application/octet-stream",
		"content-disposition": 'attachment; filename="a__name__.._x-round-12.safetensors"',
	});
});

test("the description lists every route, and which need a token", async () => {
	const { app } = await sampleApp();
	const description = (await app.inject("/openapi.json")).json();
	expect(description.openapi).toMatch(/^3\./);
	expect(Object.keys(description.paths).sort()).toEqual([
		"/api/run",
		"/api/run/continue",
		"/api/run/model.safetensors",
		"/api/run/pause",
		"/api/run/start",
		"/api/run/stop",
		"/health",
		"/ready",
	]);
	expect(description.paths["/api/run/stop"].post.security).toEqual([{ admin: [] }]);
	expect(description.paths["/api/run"].get.security).toBeUndefined();
	const schema = description.paths["/api/run"].get.responses["200"].content["application/json"].schema;
	expect(Object.keys(schema.properties)).toEqual([...Object.keys(sampleStatus), "error"]);
	expect(schema.required).toEqual(Object.keys(sampleStatus));
});

test("every error has a code and a message", async () => {
	const { app, control, logged } = await sampleApp();
	const missing = await app.inject("/api/nothing");
	expect([missing.statusCode, missing.json()]).toEqual([
		404,
		expect.objectContaining({ code: "FL_HTTP_NOT_FOUND", message: "there is nothing here" }),
	]);
	const post = { method: "POST", url: "/api/run/stop" } as const;
	const large = await app.inject({ ...post, payload: { text: "a".repeat(5000) } });
	expect([large.statusCode, large.json().code]).toEqual([400, "FL_HTTP_REQUEST"]);
	const poison = { ...post, headers: { "content-type": "application/json" }, payload: '{"__proto__": {}}' };
	expect((await app.inject(poison)).json().code).toBe("FL_HTTP_REQUEST");
	control.model = () => Promise.reject(new Error("a path that nobody needs to know"));
	const failed = await app.inject("/api/run/model.safetensors");
	expect([failed.statusCode, failed.json().code]).toEqual([500, "FL_HTTP_INTERNAL"]);
	expect(failed.body).not.toContain("a path that");
	expect(logged()).toContain("a path that nobody needs to know");
});

test("an address that asks too often is told to wait, and no other", async () => {
	const { app } = await sampleApp({ requestsPerMinute: 5 });
	const from = (remoteAddress: string, url = "/health") => app.inject({ url, remoteAddress });
	for (let request = 0; request < 4; request += 1) expect((await from("192.0.2.7")).statusCode).toBe(200);
	expect((await from("192.0.2.7", "/nothing")).statusCode).toBe(404);
	for (const url of ["/health", "/nothing", "/metrics"]) {
		const response = await from("192.0.2.7", url);
		expect([response.statusCode, response.json().code], url).toEqual([429, "FL_HTTP_RATE"]);
		expect(Number(response.headers["retry-after"])).toBeGreaterThan(0);
	}
	expect((await from("192.0.2.8")).statusCode).toBe(200);
});
