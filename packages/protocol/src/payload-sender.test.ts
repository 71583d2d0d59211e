import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFrame } from "./frame.ts";
import { IncomingPayload } from "./incoming-payload.ts";
import { OutgoingPayload } from "./outgoing-payload.ts";
import { PayloadSender } from "./payload-sender.ts";

/** A connection that has room for one frame, until it is told to go on. */
function narrowConnection() {
	const frames: { readonly payload: number; readonly offset: number }[] = [];
	let goOn: () => void = () => undefined;
	const sender = new PayloadSender({
		connection: {
			isOpen: true,
			send(frame) {
				const chunk = decodeFrame(frame, crc32);
				if (chunk.kind === "chunk") frames.push({ payload: chunk.payload, offset: chunk.offset });
				return new Promise((resolve) => {
					goOn = resolve;
				});
			},
		},
		checksum: crc32,
		sent: () => undefined,
	});
	return { sender, frames, goOn: () => goOn() };
}

const payloadOf = (length: number): OutgoingPayload => new OutgoingPayload(new Uint8Array(length), crc32);

test("however often a peer fetches that reads nothing, one chunk waits for it; then the last fetch counts", async () => {
	const { sender, frames, goOn } = narrowConnection();
	const { id } = sender.announce("task", payloadOf(40));
	for (let i = 0; i < 1000; i++) sender.send(id, i % 2 === 0 ? 0 : 32, 16);
	expect(frames).toEqual([{ payload: 1, offset: 0 }]);
	goOn();
	await expect.poll(() => frames.at(-1)).toEqual({ payload: 1, offset: 32 });
	sender.send(id, 16, 16);
	goOn();
	await expect.poll(() => frames.map(({ offset }) => offset)).toEqual([0, 32, 16]);
});

test("a peer that fetches two payloads in turn piles up no more than one chunk either", async () => {
	const { sender, frames, goOn } = narrowConnection();
	const ids = ["one", "other"].map((purpose) => sender.announce(purpose, payloadOf(40)).id);
	for (let i = 0; i < 1000; i++) sender.send(ids[i % 2] ?? 0, 0, 16);
	expect(frames).toHaveLength(1);
	goOn();
	await expect
		.poll(() => frames)
		.toEqual([
			{ payload: 1, offset: 0 },
			{ payload: 2, offset: 0 },
		]);
});

test("nothing more is sent of what was retracted or replaced, and a fetch of it is no error", async () => {
	const { sender, frames, goOn } = narrowConnection();
	const first = sender.announce("task", payloadOf(40));
	sender.send(first.id, 0, 16);
	const second = sender.announce("task", payloadOf(8));
	goOn();
	sender.send(first.id, 16, 16);
	sender.send(second.id, 0, 16);
	await expect.poll(() => frames.map(({ payload }) => payload)).toEqual([first.id, second.id]);
});

test("fetches of what was never announced, or from beyond the end, are refused", () => {
	const { sender } = narrowConnection();
	const { id } = sender.announce("task", payloadOf(40));
	expect(() => sender.send(id + 1, 0, 16)).toThrow(/payload 2, which was not announced/);
	expect(() => sender.send(id, 41, 16)).toThrow(/from byte 41 of a payload of 40/);
	expect(() => sender.send(id, 40, 16)).not.toThrow();
});

test("a payload arrives as it was, from any byte and in chunks of any length, though the memory of frames is used again", async () => {
	const lengths = fc.nat(300).chain((length) => fc.tuple(fc.constant(length), fc.nat(length)));
	const chunks = fc.integer({ min: 1, max: 64 });
	await fc.assert(
		fc.asyncProperty(lengths, chunks, chunks, async ([length, from], known, chunkBytes) => {
			const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
			const payload = new OutgoingPayload(bytes, crc32, known);
			expect(payload.crc32).toBe(crc32(bytes));
			const incoming = new IncomingPayload({ bytes: length, crc32: payload.crc32 });
			if (from > 0)
				incoming.add({ offset: 0, data: bytes.subarray(0, from), crc32: crc32(bytes.subarray(0, from)) });
			const ended = Promise.withResolvers<void>();
			const sender = new PayloadSender({
				connection: {
					isOpen: true,
					send(frame, left) {
						const chunk = decodeFrame(frame, crc32);
						if (chunk.kind === "chunk") incoming.add(chunk);
						left?.();
						frame.fill(0);
						return Promise.resolve();
					},
				},
				checksum: crc32,
				sent: () => {
					if (incoming.isComplete) ended.resolve();
				},
			});
			if (incoming.isComplete) ended.resolve();
			sender.send(sender.announce("task", payload).id, from, chunkBytes);
			await ended.promise;
			expect(incoming.finish()).toEqual(bytes);
		}),
	);
});
