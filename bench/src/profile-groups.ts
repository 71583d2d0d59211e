import { type Profiler, Session } from "node:inspector";

/** Where code belongs, by a part of its address; the first that fits counts. */
const groups: readonly (readonly [part: string, group: string])[] = [
	["wasm://", "SIMD kernels"],
	["/compute/src/native/", "matrix products, native"],
	["/koffi/", "matrix products, native"],
	["/compute/src/kernels/", "loop over routines"],
	["/compute/src/compiled/bound-program", "loop over routines"],
	["/compute/src/compiled/unfolded-convolution", "loop over routines"],
	["/compute/src/compiled/machine-workspace", "batch gathering"],
	["/compute/src/compiled/machine-arithmetic", "client optimizer"],
	["/compute/src/compiled/compiled-network", "model"],
	["/compute/src/compiled/", "tracing and compiling"],
	["/compute/src/layers/", "tracing and compiling"],
	["/compute/src/model/cross-entropy", "loss"],
	["/compute/src/", "model"],
	["tfjs-backend-wasm", "tracing and compiling"],
	["@tensorflow/", "tracing and compiling"],
	["/core/src/examples", "batch gathering"],
	["/core/src/random", "random numbers"],
	["/core/src/distributions", "random numbers"],
	["/core/src/fold", "fold"],
	["/core/src/simd-sums", "fold"],
	["/core/src/sum-", "fold"],
	["/core/src/", "vectors"],
	["/client-optimizer", "client optimizer"],
	["/algorithms/src/", "algorithm"],
	["/wire/src/", "encode, decode"],
	["/data/src/", "client data"],
	["/engine/src/", "engine"],
	["/links/src/", "link"],
	["/simulation/src/", "records"],
	["/runs/src/", "records"],
	["/pino", "records"],
	["/bench/src/", "benchmark"],
];

/** The groups that are arithmetic on tensors and vectors. */
export const kernelGroups: readonly string[] = ["SIMD kernels", "matrix products, native"];

/** Frames that the profiler makes up, by name. */
const madeUp: Readonly<Record<string, string>> = {
	"(garbage collector)": "garbage collection",
	"(program)": "Node.js",
	"(idle)": "idle",
};

export interface ProfileShare {
	readonly group: string;
	readonly share: number;
	/** The functions that took most, with their shares of the whole. */
	readonly functions: readonly (readonly [name: string, share: number])[];
}

/** Starts sampling this thread; the returned function ends it and tells where the time went. */
export function startProfile(): () => ProfileShare[] {
	const session = new Session();
	session.connect();
	session.post("Profiler.enable");
	session.post("Profiler.setSamplingInterval", { interval: 100 });
	session.post("Profiler.start");
	return () => {
		let profile: Profiler.Profile | undefined;
		session.post("Profiler.stop", (error, result) => {
			if (error !== null) throw error;
			profile = result.profile;
		});
		session.disconnect();
		if (profile === undefined) throw new Error("the profiler gave no profile");
		return sharesOf(profile);
	};
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileShare[] {
	const own = new Map<number, number>();
	for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0));
	// Starting and ending the profile is no part of what is measured.
	const isProfiler = (node: Profiler.ProfileNode) => node.callFrame.url === "node:inspector";
	const profiling = nodes.filter(isProfiler).reduce((sum, { id }) => sum + (own.get(id) ?? 0), 0);
	const total = timeDeltas.reduce((sum, delta) => sum + delta, 0) - profiling;
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const byGroup = new Map<string, Map<string, number>>();

	function visit(node: Profiler.ProfileNode, callerGroup: string): void {
		const { functionName, url, lineNumber } = node.callFrame;
		// What is built into the language or into Node belongs to whoever calls it.
		const isBuiltIn = url === "" || url.startsWith("node:");
		const group = madeUp[functionName] ?? (isBuiltIn ? callerGroup : groupOf(url));
		const time = own.get(node.id) ?? 0;
		if (time > 0 && !isProfiler(node)) {
			const functions = byGroup.get(group) ?? new Map<string, number>();
			const file = url.startsWith("wasm://") ? "wasm" : url.replace(/^.*\//, "");
			const name = `${functionName || "(anonymous)"} ${file}${file === "" ? "" : `:${lineNumber + 1}`}`;
			functions.set(name, (functions.get(name) ?? 0) + time / total);
			byGroup.set(group, functions);
		}
		for (const child of node.children ?? []) {
			const found = byId.get(child);
			if (found !== undefined) visit(found, group);
		}
	}

	const [root] = nodes;
	if (root !== undefined) visit(root, "Node.js");
	return [...byGroup]
		.map(([group, functions]) => ({
			group,
			share: [...functions.values()].reduce((sum, share) => sum + share, 0),
			functions: [...functions].sort(([, a], [, b]) => b - a),
		}))
		.sort((a, b) => b.share - a.share);
}

function groupOf(url: string): string {
	return groups.find(([part]) => url.includes(part))?.[1] ?? "other code";
}
