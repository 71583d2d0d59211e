/** A field of an encoded message: its number, and a whole number or the bytes of a text or of a message within. */
export interface Field {
	readonly number: number;
	readonly value: number | Uint8Array;
}

/** Reads a message's fields in their order; knows the two wire types that ONNX models of one operator need. */
export function fieldsOf(message: Uint8Array): Field[] {
	const fields: Field[] = [];
	let position = 0;
	const wholeNumber = () => {
		let value = 0;
		for (let shift = 1; ; shift *= 128) {
			const byte = message[position++];
			if (byte === undefined) throw new RangeError("the message ends within a number");
			value += (byte % 128) * shift;
			if (byte < 128) return value;
		}
	};
	while (position < message.length) {
		const tag = wholeNumber();
		const wireType = tag % 8;
		if (wireType !== 0 && wireType !== 2) throw new RangeError(`wire type ${wireType} at byte ${position}`);
		let value: Field["value"] = wholeNumber();
		if (wireType === 2) {
			const end = position + value;
			if (end > message.length) throw new RangeError("the message ends within a field");
			value = message.slice(position, end);
			position = end;
		}
		fields.push({ number: Math.floor(tag / 8), value });
	}
	return fields;
}
