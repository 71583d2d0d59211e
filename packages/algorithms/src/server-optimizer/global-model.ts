import { type ServerContext, type StateValue, type Vector, vector } from "@fl-sim/core";

/** What the server's step reads: independent of a method's options. */
export type StepContext = Pick<ServerContext<unknown>, "serverOptimizer" | "layout">;

/** Server state of a method that keeps a model and moves it with the server optimizer. */
export interface GlobalModel {
	readonly [key: string]: StateValue;
	/** x, `[d]`. */
	readonly params: Vector;
	readonly optimizer: StateValue;
}

/** The parts of the common form that such methods share: the model is broadcast, clients keep nothing. */
export const globalModelForm = {
	downlink: () => ({ params: vector }),
	initServer: ({ serverOptimizer, layout }: StepContext, params: Vector): GlobalModel => ({
		params,
		optimizer: serverOptimizer.init(layout),
	}),
	initClient: () => null,
	params: (server: GlobalModel) => server.params,
	broadcast: ({ params }: GlobalModel) => ({ params }),
};

/** The server's step along `delta` `[d]`: x + delta for the neutral server optimizer. */
export function moveGlobalModel(
	{ serverOptimizer, layout }: StepContext,
	server: GlobalModel,
	delta: Vector,
): GlobalModel {
	const { params, state } = serverOptimizer.step(server.optimizer, server.params, delta, layout);
	return { params, optimizer: state };
}
