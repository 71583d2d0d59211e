import { logNormal, type RandomStream } from "@fl-sim/core";

/** What the generator of Synthetic(alpha, beta) needs to know. */
export interface SyntheticSettings {
	/** Standard deviation of the users' u_k: how much their models differ. */
	readonly alpha: number;
	/** Standard deviation of the users' B_k: how much their features differ. */
	readonly beta: number;
	/** All users share one model and the centre 0. */
	readonly iid: boolean;
	readonly dimension: number;
	readonly classes: number;
	readonly maxExamplesPerUser?: number | undefined;
}

/** The true model of one user and where the user's features lie. */
export interface UserModel {
	/** W_k, `[dimension, classes]` row-major. */
	readonly weights: Float64Array;
	/** b_k, `[classes]`. */
	readonly bias: Float64Array;
	/** v_k, mean of the features, `[dimension]`. */
	readonly centre: Float64Array;
}

/** n_k = floor(LogNormal(4, 2)) + 50, at most `maxExamplesPerUser`. `random` is the stream of the whole data set. */
export function userSize(random: RandomStream, settings: SyntheticSettings, user: number): number {
	const drawn = Math.floor(logNormal(random.derive("size", user), 4, 2)) + 50;
	return Math.min(drawn, settings.maxExamplesPerUser ?? Number.POSITIVE_INFINITY);
}

/**
 * u_k ~ N(0, alpha), B_k ~ N(0, beta), W_k and b_k ~ N(u_k, 1), v_k ~ N(B_k, 1), where the second argument is the
 * standard deviation, as in the published code; the paper's text reads as if it were the variance, which differs
 * unless it is 0 or 1. In the IID variant W and b ~ N(0, 1) are the same for all users and v = 0.
 */
export function userModel(random: RandomStream, settings: SyntheticSettings, user: number): UserModel {
	const { alpha, beta, iid, dimension, classes } = settings;
	const own = iid ? random.derive("model", "shared") : random.derive("model", user);
	const modelMean = iid ? 0 : alpha * own.normal();
	const centreMean = iid ? 0 : beta * own.normal();
	const normals = (length: number, mean: number): Float64Array =>
		Float64Array.from({ length }, () => mean + own.normal());
	return {
		weights: normals(dimension * classes, modelMean),
		bias: normals(classes, modelMean),
		centre: iid ? new Float64Array(dimension) : normals(dimension, centreMean),
	};
}

/** Standard deviations of the features: the square roots of Sigma_jj = j^-1.2, j = 1, 2, ...; `[dimension]`. */
export function featureDeviations(dimension: number): Float64Array {
	return Float64Array.from({ length: dimension }, (_, j) => (j + 1) ** -0.6);
}

/** argmax of W x + b: the label has no noise. `features` is `[dimension]`. */
export function trueLabel(model: UserModel, features: Float32Array): number {
	const classes = model.bias.length;
	let best = 0;
	let highest = Number.NEGATIVE_INFINITY;
	for (let label = 0; label < classes; label++) {
		let logit = model.bias[label] as number;
		for (let j = 0; j < features.length; j++) {
			logit += (features[j] as number) * (model.weights[j * classes + label] as number);
		}
		if (logit > highest) {
			highest = logit;
			best = label;
		}
	}
	return best;
}
