import { limits } from "@fl-sim/protocol";
import { expect, test } from "vitest";
import { type Direction, Network, type NetworkLink } from "./proxy.fixture.ts";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";
import { type Seen, watch } from "./web-socket-frames.fixture.ts";

/** A piece of the payload of client 0 in the second round. */
function isPiece(seen: Seen, direction: Direction): seen is Seen & { readonly kind: "chunk" } {
	if (seen.kind !== "chunk" || seen.direction !== direction || seen.client !== 0) return false;
	return direction === "down"
		? seen.of.type === "task" && seen.of.round === 2
		: seen.of.type === "result" && seen.of.task.startsWith("2.");
}

test.each([["up"], ["down"]] as const)(
	"a payload on its way %s that breaks off goes on where it stopped: only the rest is sent",
	async (direction) => {
		const federation = await SmallFederation.create(
			"model={ name: mlp, hidden: [2000] }", // payloads of three chunks
			"clients.perRound=4",
			"rounds=3",
		);
		const server = await federation.serve();
		const network = await Network.to(server.port);
		const first: number[] = [];
		const rest: number[] = [];
		let broken: NetworkLink | undefined;
		let bytes = 0;
		let received = 0;
		watch(network, (seen) => {
			if (!isPiece(seen, direction)) return "pass";
			// What still comes on the connection that broke off leads nowhere.
			if (broken === seen.link) return "pass";
			(broken === undefined ? first : rest).push(seen.offset);
			if (broken !== undefined) {
				received += seen.length;
			} else if (seen.offset > 0 && "payload" in seen.of && typeof seen.of.payload === "object") {
				// The first chunk has passed, the second will never be whole.
				bytes = seen.of.payload.bytes;
				broken = seen.link;
				return "break off";
			}
			return "pass";
		});
		const clients = federation.join("1-4/4", network.port);
		await expectSimulated(federation, server);
		await clients.success();
		expect(first).toEqual([0, limits.chunkData]);
		expect(rest).toEqual([limits.chunkData, 2 * limits.chunkData]);
		expect(received).toBe(bytes - limits.chunkData);
	},
);
