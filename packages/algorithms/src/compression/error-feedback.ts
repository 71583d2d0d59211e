import type { PayloadOf, PayloadSpec, RandomStream, StateValue, Vector } from "@fl-sim/core";
import type { CompressedPayload } from "./compressed-payload.ts";

type AnyPayload = PayloadOf<PayloadSpec>;

/** What a method's task returned, and how it is to travel. */
interface Upload {
	readonly task: string;
	readonly up: AnyPayload;
	/** The client's state as the method wants it. */
	readonly own: StateValue;
	readonly form: CompressedPayload;
	readonly random: RandomStream;
}

/** What a client remembers of its uploads beside the method's own state. */
export interface Memory {
	/** The client's state before it takes part for the first time. */
	first(own: StateValue): StateValue;
	/** The method's part of a client's state. */
	own(state: StateValue): StateValue;
	/** Encodes an upload; returns it with the client's new state. */
	send(state: StateValue, upload: Upload): { readonly up: AnyPayload; readonly client: StateValue };
}

/** For compressors that need no memory: a client's state is the method's. */
export const noMemory: Memory = {
	first: (own) => own,
	own: (state) => state,
	send: (_state, { up, own, form, random }) => ({ up: form.encode(up, random), client: own }),
};

/** A client's state under error feedback. */
interface RememberingState {
	readonly [key: string]: StateValue;
	readonly own: StateValue;
	/** By task and field, `[length of the field]`; none where nothing was sent yet. */
	readonly residuals: Readonly<Record<string, Vector>>;
}

/**
 * Error feedback (Seide, Fu, Droppo, Li and Yu, 2014; Karimireddy et al., 2019): what compression took from an upload is added
 * to the next one. It waits with its client until that takes part again, however long, and counts then as if it were new.
 */
export const errorFeedback: Memory = {
	first: (own): RememberingState => ({ own, residuals: {} }),
	own: (state) => (state as RememberingState).own,
	send(state, { task, up, own, form, random }) {
		const { residuals } = state as RememberingState;
		const keyOf = (field: string): string => `${task}.${field}`;
		const corrected: Record<string, AnyPayload[string]> = { ...up };
		for (const field of form.fields) {
			const residual = residuals[keyOf(field)];
			if (residual !== undefined) corrected[field] = combined(up[field] as Vector, residual, 1); // p = u + e
		}
		const encoded = form.encode(corrected, random);
		const arriving = form.decode(encoded); // q
		const missing = form.fields.map((field) => [
			keyOf(field),
			combined(corrected[field] as Vector, arriving[field] as Vector, -1), // e = p - q
		]);
		const client: RememberingState = { own, residuals: { ...residuals, ...Object.fromEntries(missing) } };
		return { up: encoded, client };
	},
};

/** x + sign y: a new vector. */
function combined(x: Vector, y: Vector, sign: 1 | -1): Vector {
	const sum = new Float32Array(x.length);
	for (let i = 0; i < x.length; i++) sum[i] = (x[i] as number) + sign * (y[i] as number);
	return sum;
}
