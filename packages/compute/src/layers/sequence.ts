import type { Layer, LayerMaker } from "./layer.ts";

/** Layers one after the other. */
export function sequence(makers: readonly LayerMaker[]): LayerMaker {
	return (inputShape) => {
		const layers: Layer[] = [];
		let outputShape = inputShape;
		for (const make of makers) {
			const layer = make(outputShape);
			layers.push(layer);
			outputShape = layer.outputShape;
		}
		return {
			parts: layers.flatMap((layer) => layer.parts),
			outputShape,
			multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
			forward: (pass, x) => layers.reduce((value, layer) => layer.forward(pass, value), x),
		};
	};
}
