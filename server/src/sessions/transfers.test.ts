import { crc32 } from "node:zlib";
import { decodeFrame } from "@fl-sim/protocol";
import { expect, test } from "vitest";
import { Transfers } from "./transfers.ts";

test("however often a client fetches that reads nothing, one chunk waits for it; then the last fetch counts", async () => {
	const offsets: number[] = [];
	let goOn: () => void = () => undefined;
	const transfers = new Transfers({
		connection: {
			isOpen: true,
			send(frame) {
				const chunk = decodeFrame(frame, crc32);
				if (chunk.kind === "chunk") offsets.push(chunk.offset);
				return new Promise((resolve) => {
					goOn = resolve;
				});
			},
			close: () => undefined,
		},
		checksum: crc32,
		chunkBytes: 16,
		say: () => undefined,
		sent: () => undefined,
	});
	const bytes = new Uint8Array(40);
	const { id } = transfers.announce(bytes, crc32(bytes));
	for (let i = 0; i < 1000; i++) transfers.send(id, i % 2 === 0 ? 0 : 32);
	expect(offsets).toEqual([0]);
	goOn();
	await expect.poll(() => offsets).toEqual([0, 32]);
	transfers.send(id, 16);
	goOn();
	await expect.poll(() => offsets).toEqual([0, 32, 16]);
});
