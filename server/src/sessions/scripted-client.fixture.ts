import { crc32 } from "node:zlib";
import {
	type ClientMessage,
	type Connection,
	decodeFrame,
	encodeChunkFrame,
	encodeControlFrame,
	type MessageOf,
	parseMessage,
	type ServerMessage,
	serverMessage,
} from "@fl-sim/protocol";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** A client in the hands of a test: what it hears is kept, what it says is written in the test. */
export class ScriptedClient {
	readonly heard: ServerMessage[] = [];
	readonly chunks: { payload: number; offset: number; data: Uint8Array }[] = [];
	readonly session: Session;
	closed: { code: number; reason: string } | undefined;

	constructor(sessions: Sessions, certifiedClient?: number) {
		const connection: Connection = {
			isOpen: true,
			send: (bytes) => {
				const frame = decodeFrame(bytes, crc32);
				if (frame.kind === "control") this.heard.push(parseMessage(frame.text, serverMessage));
				else this.chunks.push(frame);
				return Promise.resolve();
			},
			close: (code, reason) => {
				this.closed ??= { code, reason };
			},
		};
		this.session = sessions.accept(connection, { certifiedClient });
	}

	say(message: ClientMessage): void {
		this.session.receive(encodeControlFrame(JSON.stringify(message), crc32));
	}

	send(payload: number, offset: number, data: Uint8Array): void {
		this.session.receive(encodeChunkFrame({ payload, offset, data }, crc32));
	}

	/** The last message of a type. */
	last<Type extends ServerMessage["type"]>(type: Type): MessageOf<ServerMessage, Type> | undefined {
		return this.heard.findLast((message): message is MessageOf<ServerMessage, Type> => message.type === type);
	}

	hello(client: number, more: Partial<MessageOf<ClientMessage, "hello">> = {}): void {
		this.say({
			type: "hello",
			protocol: 1,
			software: "test",
			client,
			nonce: "n".repeat(32),
			backends: ["wasm"],
			...more,
		});
	}

	/** Greets and is ready. */
	async join(client: number, { trainExamples = 20, parameters = 6 } = {}): Promise<void> {
		this.hello(client);
		await Promise.resolve();
		await new Promise(setImmediate);
		this.say({ type: "ready", backendVersion: "1", parameters, trainExamples, testExamples: 5 });
	}

	/** Announces an answer. */
	result(task: string, bytes: Uint8Array, { id = 1, trainLoss = 0.5, keepsState = false } = {}): void {
		this.say({
			type: "result",
			task,
			report: { trainLoss, numExamples: 20, steps: 2 },
			keepsState,
			wallSeconds: 0.1,
			payload: { id, bytes: bytes.length, crc32: crc32(bytes) },
		});
	}
}
