import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadCall, LoadMethods } from "./load-process.ts";

type OrderOf<Method extends keyof LoadMethods> = Parameters<LoadMethods[Method]>[0];
type ValueOf<Method extends keyof LoadMethods> = Awaited<ReturnType<LoadMethods[Method]>>;

/** A process of light clients. */
export interface Load {
	readonly pid: number;
	call<Method extends keyof LoadMethods>(method: Method, order?: OrderOf<Method>): Promise<ValueOf<Method>>;
	close(): void;
}

interface Reply {
	readonly id: number;
	readonly value?: unknown;
	readonly error?: string;
}

/** Starts a process of light clients, with further options of Node. */
export function startLoad(nodeOptions: readonly string[] = []): Load {
	const child = fork(fileURLToPath(new URL("load-process.ts", import.meta.url)), {
		execArgv: [...nodeOptions],
	});
	const waiting = new Map<number, PromiseWithResolvers<unknown>>();
	let numCalls = 0;
	child.on("message", ({ id, value, error }: Reply) => {
		const call = waiting.get(id);
		waiting.delete(id);
		if (error === undefined) call?.resolve(value);
		else call?.reject(new Error(error));
	});
	child.on("exit", (code) => {
		for (const call of waiting.values()) call.reject(new Error(`the load process ended with ${code}`));
	});
	return {
		pid: child.pid as number,
		call<Method extends keyof LoadMethods>(method: Method, order?: OrderOf<Method>) {
			const id = ++numCalls;
			const reply = Promise.withResolvers<unknown>();
			waiting.set(id, reply);
			child.send({ id, method, order } satisfies LoadCall);
			return reply.promise as Promise<ValueOf<Method>>;
		},
		close: () => child.disconnect(),
	};
}
