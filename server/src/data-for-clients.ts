import type { Examples } from "@fl-sim/core";
import { type DataShape, maxClassNames } from "@fl-sim/protocol";

/** Bytes of the names of classes that a welcome may hold, which must fit into one frame with the scenario. */
const mostNameBytes = 256 * 1024;
const longestName = 200;

/** What clients are told of the data: enough to see that theirs fit. Names that are too many or too long are left out. */
export function dataForClients({ featureShape, numClasses, classNames = [] }: Examples): DataShape {
	const isShort =
		classNames.length === numClasses &&
		classNames.length <= maxClassNames &&
		classNames.every(({ length }) => length <= longestName) &&
		Buffer.byteLength(JSON.stringify(classNames)) <= mostNameBytes;
	return { featureShape, numClasses, classNames: isShort ? classNames : null };
}
