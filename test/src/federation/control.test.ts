import { readSafetensors } from "@fl-sim/wire";
import { expect, test } from "vitest";
import { Network } from "./proxy.fixture.ts";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

test("a run is watched, paused, continued and stopped over HTTP, and goes on to the simulator's weights", async () => {
	const federation = await SmallFederation.create("rounds=150", "evaluation.clients=0");
	const server = await federation.serve();
	const network = await Network.to(server.port);
	const address = `http://127.0.0.1:${server.port}`;
	const status = async () => (await (await fetch(`${address}/api/run`)).json()) as Record<string, unknown>;
	const post = async (what: string) => (await fetch(`${address}/api/run/${what}`, { method: "POST" })).status;

	await expect.poll(async () => (await fetch(`${address}/ready`)).status).toBe(200);
	expect(await status()).toMatchObject({
		state: "waiting",
		round: 0,
		rounds: 150,
		connected: 0,
		population: 4,
	});
	expect((await fetch(`${address}/api/run/model.safetensors`)).status).toBe(404);
	const clients = federation.join("1-4/4", network.port);
	await clients.line(/task train of round 2 begins/);
	expect(await post("pause")).toBe(200);
	await expect.poll(async () => (await status())["state"]).toBe("paused");
	await expect.poll(async () => (await status())["cohort"]).toEqual([]);
	const paused = await status();
	expect(paused).toMatchObject({ connected: 4, population: 4 });
	expect(paused["round"]).toBeLessThan(150);

	const answer = await fetch(`${address}/api/run/model.safetensors`);
	const { tensors } = readSafetensors(new Uint8Array(await answer.arrayBuffer()));
	expect([...tensors.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(610);
	expect(Number(answer.headers.get("x-fl-round"))).toBeGreaterThan(0);
	expect(await (await fetch(`${address}/metrics`)).text()).toMatch(/^fl_connected_clients 4$/m);

	expect(await post("continue")).toBe(200);
	expect(await post("stop")).toBe(200);
	expect((await server.program.ended).code).toBe(130);
	await clients.success(); // they were told that the run is over
	const again = await federation.resume();
	network.target = again.port;
	federation.join("1-4/4", network.port);
	await expectSimulated(federation, again);
});
