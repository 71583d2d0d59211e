import {
	type ClientContext,
	type ClientReport,
	exampleCount,
	floats,
	type Layout,
	type LayoutPart,
	type PayloadShape,
	type ServerContext,
	subtract,
	type Vector,
	type WeightedMean,
	weightedMean,
	zeros,
} from "@fl-sim/core";
import { trainLocally } from "../local-training/train-locally.ts";
import { type GlobalModel, globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";
import { divideParts, gatherParts, replaceParts, type SharedParts } from "./shared-parts.ts";

/** How a method of this family trains: returns the client's whole model after training, `[d]`. */
type TrainParts<Options> = (
	context: ClientContext<Options>,
	start: Vector,
	parts: SharedParts,
) => Promise<{ readonly params: Vector; readonly report: ClientReport }>;

interface Settings<Options> {
	/** Parts that stay with their client. */
	isPersonal(layout: Layout, options: Options): (part: LayoutPart) => boolean;
	/** Plain local training of the whole model, unless given. */
	readonly train?: TrainParts<Options>;
}

interface Upload {
	readonly delta: Vector;
	readonly numExamples: number;
}

/**
 * Methods whose clients share some parts of the model and keep the others: only shared parts travel, in both directions,
 * and only they are aggregated. A client's state is its personal parts, one after the other.
 */
export function partialSharing<Options>(settings: Settings<Options>) {
	const { train = (context, start) => trainLocally(context, start) } = settings;
	const partsOf = ({ layout, options }: PayloadShape<Options>): SharedParts =>
		divideParts(layout, settings.isPersonal(layout, options));
	const shapeOf = ({ model, options }: ClientContext<Options>) => ({ layout: model.layout, options });

	/** The client's whole model, from the shared parts as broadcast and its own. */
	function assemble(context: ClientContext<Options>, shared: Vector, personal: Vector): Vector {
		const parts = partsOf(shapeOf(context));
		const withShared = replaceParts(zeros(context.model.layout.size), parts.shared, shared);
		return replaceParts(withShared, parts.personal, personal);
	}

	return {
		downlink: (shape: PayloadShape<Options>) => ({ shared: floats(partsOf(shape).sharedSize) }),
		uplink: (shape: PayloadShape<Options>) => ({
			delta: floats(partsOf(shape).sharedSize),
			numExamples: exampleCount,
		}),
		aggregate: weightedMean<Upload>(
			(up) => up.delta,
			(up) => up.numExamples,
		),
		initServer: (context: ServerContext<Options>, params: Vector): PartlySharedModel => ({
			...globalModelForm.initServer(context, params),
			shared: gatherParts(params, partsOf(context).shared),
		}),
		initClient: (context: ClientContext<Options>): Vector =>
			gatherParts(context.initialParams(), partsOf(shapeOf(context)).personal),
		params: globalModelForm.params,
		broadcast: ({ shared }: PartlySharedModel) => ({ shared }),

		async clientUpdate(
			context: ClientContext<Options>,
			{ shared }: { readonly shared: Vector },
			personal: Vector,
		) {
			const parts = partsOf(shapeOf(context));
			const start = assemble(context, shared, personal);
			const { params, report } = await train(context, start, parts);
			return {
				up: {
					delta: subtract(gatherParts(params, parts.shared), shared),
					numExamples: report.numExamples,
				},
				client: gatherParts(params, parts.personal),
				report,
			};
		},

		serverUpdate(context: ServerContext<Options>, server: PartlySharedModel, { mean }: WeightedMean) {
			const { shared } = partsOf(context);
			const delta = replaceParts(zeros(context.layout.size), shared, mean);
			const model = moveGlobalModel(context, server, delta);
			return { ...model, shared: gatherParts(model.params, shared) };
		},

		personalModel: (
			context: ClientContext<Options>,
			{ shared }: { readonly shared: Vector },
			personal: Vector,
		) => assemble(context, shared, personal),
	};
}

/** The global model, whose personal parts nobody trains, and its shared parts as they are broadcast. */
interface PartlySharedModel extends GlobalModel {
	readonly shared: Vector;
}
