import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export type Direction = "up" | "down";

/** How bytes travel. */
export interface Shape {
	/** Milliseconds on the way, asked for each piece; pieces do not overtake each other. */
	delay(): number;
	/** Of each direction of a connection. */
	readonly bytesPerSecond: number;
}

/** A network between clients and a server, in the hands of a test. */
export class Network {
	/** What becomes of the next bytes of a connection, by direction; by default they pass. */
	onBytes: (link: NetworkLink, direction: Direction, bytes: Buffer) => "pass" | "cut" | "swallow" = () =>
		"pass";
	/** Bytes travel at once unless set. */
	shape: Shape | undefined;
	readonly links = new Set<NetworkLink>();
	readonly #server: Server;
	readonly #waiting = new Set<Socket>();
	#target: number | undefined;

	private constructor(target: number | undefined) {
		this.#target = target;
		this.#server = createServer((socket) => this.#link(socket));
	}

	static async to(target: number | undefined): Promise<Network> {
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

	/** Where connections lead. While it is undefined they wait. */
	get target(): number | undefined {
		return this.#target;
	}

	set target(target: number | undefined) {
		this.#target = target;
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const client of waiting) this.#link(client);
	}

	/** Breaks all connections. */
	cut(): void {
		for (const client of this.#waiting) client.destroy();
		for (const link of this.links) link.cut();
	}

	#link(client: Socket): void {
		if (client.destroyed) return;
		if (this.#target === undefined) {
			this.#waiting.add(client);
			client.once("error", () => client.destroy());
			client.once("close", () => this.#waiting.delete(client));
			return;
		}
		const server = connect(this.#target, "127.0.0.1");
		const link = new NetworkLink(client, server, this);
		this.links.add(link);
		server.once("close", () => this.links.delete(link));
	}
}

/** One connection through the network. */
export class NetworkLink {
	/** Bytes that have passed. */
	readonly passed = { up: 0, down: 0 };
	readonly #client: Socket;
	readonly #server: Socket;
	#isHalfOpen = false;

	constructor(client: Socket, server: Socket, network: Pick<Network, "onBytes" | "shape">) {
		this.#client = client;
		this.#server = server;
		for (const [from, to, direction] of [
			[client, server, "up"],
			[server, client, "down"],
		] as const) {
			const road = network.shape === undefined ? undefined : new Road(network.shape);
			from.on("data", (bytes) => {
				const fate = network.onBytes(this, direction, bytes);
				if (fate === "cut") return this.cut();
				if (fate === "swallow" || (this.#isHalfOpen && direction === "down")) return;
				if (road === undefined) return this.#pass(direction, bytes);
				from.pause();
				void road.carry(bytes.length, () => this.#pass(direction, bytes)).then(() => from.resume());
			});
			from.on("error", () => (this.#isHalfOpen ? undefined : this.cut()));
			from.on("end", () => after(road, () => (this.#isHalfOpen ? undefined : to.end())));
			// What the other end still says is heard: TLS says goodbye too.
			from.on("close", () => after(road, () => (this.#isHalfOpen ? undefined : to.end())));
		}
	}

	cut(): void {
		this.#client.destroy();
		this.#server.destroy();
	}

	/** Ends both halves once what has passed has arrived. */
	end(): void {
		this.#client.end();
		this.#server.end();
	}

	/**
	 * Breaks the client's half of the connection; the server hears nothing of it, and of the client what comes of
	 * `late`, some time later.
	 */
	halve(late: { readonly bytes: Buffer; readonly milliseconds: number }): void {
		this.#isHalfOpen = true;
		this.#client.destroy();
		setTimeout(() => this.#pass("up", late.bytes), late.milliseconds);
	}

	#pass(direction: Direction, bytes: Buffer): void {
		const [from, to] = direction === "up" ? [this.#client, this.#server] : [this.#server, this.#client];
		if (!to.writable) return;
		this.passed[direction] += bytes.length;
		if (to.write(bytes)) return;
		from.pause();
		to.once("drain", () => from.resume());
	}
}

function after(road: Road | undefined, action: () => void): void {
	if (road === undefined) action();
	else void road.carry(0, action);
}

/** One direction of a slow connection. */
class Road {
	readonly #shape: Shape;
	/** When the last byte so far leaves, and when it arrives. */
	#left = 0;
	#arrival = 0;

	constructor(shape: Shape) {
		this.#shape = shape;
	}

	/** Calls `arrive` when a piece has arrived; resolves when the next may leave. */
	carry(numBytes: number, arrive: () => void): Promise<void> {
		const now = performance.now();
		this.#left = Math.max(now, this.#left) + (1000 * numBytes) / this.#shape.bytesPerSecond;
		this.#arrival = Math.max(this.#arrival, this.#left + this.#shape.delay());
		setTimeout(arrive, this.#arrival - now);
		return new Promise((resolve) => {
			setTimeout(resolve, this.#left - now);
		});
	}
}
