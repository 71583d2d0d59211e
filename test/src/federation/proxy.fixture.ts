import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A network between clients and a server, in the hands of a test. */
export class Network {
	/** Where connections lead; none while it is undefined. */
	target: number | undefined;
	/** What becomes of the next bytes of a connection, by direction; by default they pass. */
	onBytes: (link: NetworkLink, direction: "up" | "down", bytes: Buffer) => "pass" | "cut" | "swallow" = () =>
		"pass";
	readonly links = new Set<NetworkLink>();
	readonly #server: Server;

	private constructor(target: number) {
		this.target = target;
		this.#server = createServer((socket) => this.#link(socket));
	}

	static async to(target: number): Promise<Network> {
		const network = new Network(target);
		network.#server.listen(0, "127.0.0.1");
		await once(network.#server, "listening");
		onTestFinished(() => {
			network.#server.close();
			network.cut();
		});
		return network;
	}

	/** Where clients connect. */
	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** Breaks all connections. */
	cut(): void {
		for (const link of this.links) link.cut();
	}

	#link(client: Socket): void {
		if (this.target === undefined) {
			client.destroy();
			return;
		}
		const link = new NetworkLink(client, connect(this.target, "127.0.0.1"), this);
		this.links.add(link);
		client.once("close", () => this.links.delete(link));
	}
}

/** One connection through the network. */
export class NetworkLink {
	/** Bytes that have passed. */
	readonly passed = { up: 0, down: 0 };
	readonly #client: Socket;
	readonly #server: Socket;

	constructor(client: Socket, server: Socket, network: Pick<Network, "onBytes">) {
		this.#client = client;
		this.#server = server;
		for (const [from, to, direction] of [
			[client, server, "up"],
			[server, client, "down"],
		] as const) {
			from.on("data", (bytes) => {
				const fate = network.onBytes(this, direction, bytes);
				if (fate === "cut") return this.cut();
				if (fate === "swallow") return;
				this.passed[direction] += bytes.length;
				if (!to.write(bytes)) {
					from.pause();
					to.once("drain", () => from.resume());
				}
			});
			from.on("error", () => this.cut());
			from.on("end", () => to.end());
			from.on("close", () => to.destroy());
		}
	}

	cut(): void {
		this.#client.destroy();
		this.#server.destroy();
	}
}
