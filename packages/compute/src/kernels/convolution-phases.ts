/** The positions along one dimension of the input that meet the taps `firstTap`, `firstTap + stride`, ... */
export interface Phase {
	readonly firstPosition: number;
	readonly positions: number;
	readonly firstTap: number;
	readonly taps: number;
	/** Zeros before the gradients of that dimension, and its extent with zeros on both sides. */
	readonly padBefore: number;
	readonly padded: number;
	/** Where the first position's taps begin in the padded gradients. */
	readonly origin: number;
}

/** The phases of the rows or the columns of a convolution's input. */
export function phases(dimension: {
	readonly extent: number;
	readonly pad: number;
	readonly stride: number;
	readonly filter: number;
	readonly gradients: number;
}): Phase[] {
	const { extent, pad, stride, filter, gradients } = dimension;
	const found: Phase[] = [];
	for (let firstPosition = 0; firstPosition < Math.min(stride, extent); firstPosition++) {
		const positions = Math.ceil((extent - firstPosition) / stride);
		// Position p meets tap t in the gradient at (p + pad - t) / stride, if that is a whole number.
		const firstTap = (firstPosition + pad) % stride;
		const taps = Math.max(0, Math.ceil((filter - firstTap) / stride));
		const newest = (firstPosition + pad - firstTap) / stride; // of the first position
		const padBefore = Math.max(0, taps - 1 - newest);
		found.push({
			firstPosition,
			positions,
			firstTap,
			taps,
			padBefore,
			padded: Math.max(padBefore + gradients, padBefore + newest + positions),
			origin: padBefore + newest - (taps - 1),
		});
	}
	return found;
}
