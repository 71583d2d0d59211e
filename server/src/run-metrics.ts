import type { RunEvent } from "@fl-sim/core";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What can only be read when somebody asks. */
export interface MetricSources {
	connected(): number;
	socketBytes(): { readonly down: number; readonly up: number };
}

/** The run's metrics, in the form of Prometheus. */
export interface RunMetrics {
	readonly registry: Registry;
	onEvent(event: RunEvent): void;
	/** A client was turned away. */
	refused(code: string): void;
	/** A connection was turned away before its first message, with an HTTP status or without TLS. */
	turnedAway(status: string): void;
}

export function createRunMetrics(sources: () => MetricSources | undefined): RunMetrics {
	const registry = new Registry();
	const registers = [registry];
	collectDefaultMetrics({ register: registry });
	const round = new Gauge({ name: "fl_round", help: "The last round that was finished", registers });
	const accuracy = new Gauge({ name: "fl_accuracy", help: "Accuracy on the central test set", registers });
	const payloadBytes = new Counter({
		name: "fl_payload_bytes_total",
		help: "Payload bytes, as encoded, without framing and repetitions",
		labelNames: ["direction"] as const,
		registers,
	});
	const replies = new Counter({ name: "fl_replies_total", help: "Answers that were counted", registers });
	const losses = new Counter({
		name: "fl_lost_clients_total",
		help: "Clients whose answer is missing, by reason",
		labelNames: ["reason"] as const,
		registers,
	});
	const refusals = new Counter({
		name: "fl_refused_total",
		help: "Connections that were refused or ended for what the client did, by code",
		labelNames: ["code"] as const,
		registers,
	});
	const turnedAway = new Counter({
		name: "fl_turned_away_total",
		help: "Connections that were turned away before the first message, by HTTP status, or TLS for failed handshakes",
		labelNames: ["status"] as const,
		registers,
	});
	const roundSeconds = new Histogram({
		name: "fl_round_seconds",
		help: "Duration of rounds",
		buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000],
		registers,
	});
	registry.registerMetric(
		new Gauge({
			name: "fl_connected_clients",
			help: "Clients with a connection that is ready",
			registers: [],
			collect() {
				this.set(sources()?.connected() ?? 0);
			},
		}),
	);
	registry.registerMetric(
		new Gauge({
			name: "fl_socket_bytes",
			help: "Bytes of clients' connections as they passed the sockets, framing, encryption and repetitions included",
			labelNames: ["direction"] as const,
			registers: [],
			collect() {
				const { down, up } = sources()?.socketBytes() ?? { down: 0, up: 0 };
				this.set({ direction: "down" }, down);
				this.set({ direction: "up" }, up);
			},
		}),
	);

	return {
		registry,
		onEvent(event) {
			if (event.type === "client.replied" || event.type === "client.lost") {
				payloadBytes.inc({ direction: "down" }, event.downBytes);
				payloadBytes.inc({ direction: "up" }, event.upBytes);
				if (event.type === "client.replied") replies.inc();
				else losses.inc({ reason: event.reason });
			} else if (event.type === "round.finished") {
				round.set(event.round);
				roundSeconds.observe(event.wallSeconds);
			} else if (event.type === "evaluated.central") {
				accuracy.set(event.accuracy);
			}
		},
		refused: (code) => refusals.inc({ code }),
		turnedAway: (status) => turnedAway.inc({ status }),
	};
}
