import fc from "fast-check";
import type { ConvolutionAttributes } from "./convolution-shape.ts";
import { tf } from "./kernel-agreement.fixture.ts";

type Extents2 = [height: number, width: number];
type Extents4 = [number, number, number, number];

/** A filter on images, of every kind that the layers of a network may ask for, and of odder ones. */
export interface Geometry {
	/** `[n, height, width, channels]` */
	readonly x: Extents4;
	readonly filter: Extents2;
	readonly outChannels: number;
	readonly attributes: ConvolutionAttributes & {
		readonly strides: Extents2;
		readonly dilations: Extents2;
		readonly dataFormat: "NHWC";
	};
	readonly seed: number;
}

const channels = fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 17);

function pair(max: number): fc.Arbitrary<Extents2> {
	const extent = fc.integer({ min: 1, max });
	return fc.tuple(extent, extent);
}

const zeros = fc.integer({ min: 0, max: 3 });

const padding = fc.oneof(
	fc.constantFrom({ pad: "same" as const }, { pad: "valid" as const }),
	fc.record({ pad: zeros, dimRoundingMode: fc.constantFrom("floor", "round", "ceil") }),
	fc.record({
		pad: fc.tuple(
			fc.constant<[number, number]>([0, 0]),
			fc.tuple(zeros, zeros),
			fc.tuple(zeros, zeros),
			fc.constant<[number, number]>([0, 0]),
		),
		dimRoundingMode: fc.constantFrom("floor", "round", "ceil"),
	}),
);

/** Small geometries whose output has at least one position; without dilation if so wished. */
export function geometries({ dilated = false } = {}): fc.Arbitrary<Geometry> {
	return fc
		.record({
			n: fc.integer({ min: 1, max: 3 }),
			image: pair(9),
			inChannels: channels,
			filter: pair(5),
			outChannels: channels,
			strides: pair(5),
			dilations: dilated ? pair(3) : fc.constant<Extents2>([1, 1]),
			padding,
			seed: fc.nat(),
		})
		.map(({ n, image, inChannels, filter, outChannels, strides, dilations, padding: pads, seed }) => ({
			x: [n, ...image, inChannels] as Extents4,
			filter,
			outChannels,
			attributes: { strides, dilations, dataFormat: "NHWC" as const, ...pads },
			seed,
		}))
		.filter((geometry) => outExtents(geometry).every((extent) => extent > 0));
}

/** `[filterHeight, filterWidth, channels, outChannels]` */
export function filterShape({ filter, x, outChannels }: Geometry): Extents4 {
	return [...filter, x[3], outChannels];
}

/** `[outHeight, outWidth]` */
export function outExtents(geometry: Geometry): Extents2 {
	const { strides, dilations, pad, dimRoundingMode } = geometry.attributes;
	const shape = tf.backend_util.computeConv2DInfo(
		geometry.x,
		filterShape(geometry),
		strides,
		dilations,
		pad,
		dimRoundingMode,
	);
	return [shape.outHeight, shape.outWidth];
}
