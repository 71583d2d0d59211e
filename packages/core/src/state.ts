/** What a checkpoint can hold: plain data and typed arrays. Algorithm and client states are of this type. */
export type StateValue =
	| null
	| boolean
	| number
	| string
	| Float32Array
	| Float64Array
	| Uint32Array
	| Uint8Array
	| readonly StateValue[]
	| { readonly [key: string]: StateValue };
