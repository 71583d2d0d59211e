import type { Examples, FeatureColumn } from "@fl-sim/core";
import { sharedBytes, sharedFloats, sharedInts } from "../shared-arrays.ts";
import { checkedFeatureShape } from "./array-examples.ts";
import { dataError, quoted } from "./data-error.ts";
import { GrowingArray } from "./growing-array.ts";
import { labelOutOfRange } from "./labels.ts";
import { readLeafUsers, typeName } from "./leaf-json.ts";
import { byteColumn, floatColumn, type Normalization } from "./normalization.ts";
import { charactersOf, finishTokens, VocabularyBuilder } from "./vocabulary.ts";

export interface LeafOptions {
	/** Standard: one more than the highest label, or the size of the vocabulary. */
	readonly numClasses?: number | undefined;
	readonly classNames?: readonly string[];
	readonly featureShape?: readonly number[] | undefined;
	/** Stores numbers, which must be in 0 .. 1, as bytes: a quarter of the memory. */
	readonly asBytes: boolean;
	readonly normalization: Normalization;
}

export interface LeafFiles {
	readonly train: readonly string[];
	/** May be empty; then there is no test set. */
	readonly test: readonly string[];
}

/** The highest class that a label may name when the number of classes is not given. */
const highestClass = 65_535;

/**
 * Reads the JSON files of LEAF (Caldas et al., 2018); users become owners. `x` is a list of numbers or a text of
 * which each character becomes a token; `y` is a class, or the next character. Throws `FlSimError` with the place
 * in the JSON for whatever has another form.
 */
export async function readLeaf(
	files: LeafFiles,
	options: LeafOptions,
): Promise<{ train: Examples; test: Examples | undefined }> {
	const reader = new LeafReader(options);
	const train = await reader.readSplit(files.train);
	const test = files.test.length === 0 ? undefined : await reader.readSplit(files.test);
	return reader.finish(train, test);
}

interface LeafSplit {
	readonly file: string;
	readonly values: GrowingArray<Uint8Array> | GrowingArray<Float32Array>;
	readonly labels: GrowingArray<Int32Array>;
	readonly owners: GrowingArray<Int32Array>;
}

type ExampleForm = { readonly kind: "numbers" | "characters"; readonly width: number };

class LeafReader {
	readonly #options: LeafOptions;
	readonly #vocabulary = new VocabularyBuilder();
	readonly #ownerIds = new Map<string, number>();
	/** Set by the first example; all others must be like it. */
	#form: ExampleForm | undefined;
	#highestLabel = 0;

	constructor(options: LeafOptions) {
		this.#options = options;
	}

	async readSplit(files: readonly string[]): Promise<LeafSplit> {
		const labels = new GrowingArray(sharedInts);
		const owners = new GrowingArray(sharedInts);
		let split: LeafSplit | undefined;
		for (const file of files) {
			for (const { name, x, y } of await readLeafUsers(file)) {
				const owner = this.#ownerId(name);
				for (let i = 0; i < x.length; i++) {
					const place = { file, place: `user_data[${quoted(name)}], example ${i}` };
					this.#form ??= formOf(x[i], place);
					split ??= { file, values: this.#emptyValues(this.#form), labels, owners };
					this.#pushFeatures(split, x[i], place);
					labels.push(this.#label(y[i], place));
					owners.push(owner);
				}
			}
		}
		if (split !== undefined) return split;
		throw dataError({ file: files[0] ?? "LEAF files", found: "no examples", expected: "at least one" });
	}

	#ownerId(name: string): number {
		const known = this.#ownerIds.get(name);
		if (known !== undefined) return known;
		this.#ownerIds.set(name, this.#ownerIds.size);
		return this.#ownerIds.size - 1;
	}

	#emptyValues({ kind }: ExampleForm): LeafSplit["values"] {
		return kind === "characters" || this.#options.asBytes
			? new GrowingArray<Uint8Array>(sharedBytes)
			: new GrowingArray<Float32Array>(sharedFloats);
	}

	#pushFeatures(split: LeafSplit, x: unknown, place: Place): void {
		const { kind, width } = this.#form as ExampleForm;
		const form = formOf(x, place);
		if (form.kind !== kind || form.width !== width) {
			throw dataError({
				...place,
				found: `x with ${form.width} ${form.kind}`,
				expected: `${width} ${kind} as in the first example`,
			});
		}
		if (typeof x === "string") {
			for (const character of x) split.values.push(this.#vocabulary.token(character, place.file));
		} else {
			const values = x as readonly unknown[];
			for (let i = 0; i < values.length; i++) split.values.push(this.#number(values[i], place, i));
		}
	}

	#number(value: unknown, { file, place }: Place, column: number): number {
		const where = { file, place: `${place}, x[${column}]` };
		if (typeof value !== "number")
			throw dataError({ ...where, found: typeName(value), expected: "a number" });
		if (!Number.isFinite(Math.fround(value))) {
			const expected = "a finite 32-bit number";
			throw dataError({ code: "FL_DATA_NOT_FINITE", ...where, found: String(value), expected });
		}
		if (!this.#options.asBytes) return value;
		if (value >= 0 && value <= 1) return Math.round(255 * value);
		throw dataError({ ...where, found: String(value), expected: "a brightness from 0 to 1" });
	}

	#label(y: unknown, place: Place): number {
		if (this.#form?.kind === "characters" && typeof y === "string" && charactersOf(y).length === 1) {
			return this.#vocabulary.token(y, place.file);
		}
		if (this.#form?.kind === "characters" || typeof y !== "number" || !Number.isInteger(y)) {
			const expected = this.#form?.kind === "characters" ? "one character" : "a whole number";
			throw dataError({ ...place, found: `y: ${typeName(y)}`, expected });
		}
		const numClasses = this.#options.numClasses ?? highestClass + 1;
		if (y < 0 || y >= numClasses) throw labelOutOfRange(place.file, place.place, { label: y, numClasses });
		this.#highestLabel = Math.max(this.#highestLabel, y);
		return y;
	}

	finish(train: LeafSplit, test: LeafSplit | undefined) {
		return { train: this.#examples(train), test: test === undefined ? undefined : this.#examples(test) };
	}

	#examples(split: LeafSplit): Examples {
		const form = this.#form as ExampleForm;
		const labels = split.labels.finish();
		const common = {
			numExamples: labels.length,
			labels,
			owners: split.owners.finish(),
			ownerNames: [...this.#ownerIds.keys()],
		};
		return form.kind === "characters"
			? { ...common, ...this.#characterColumns(split, labels, form.width) }
			: { ...common, ...this.#numberColumns(split, form.width) };
	}

	#characterColumns(split: LeafSplit, labels: Int32Array, window: number) {
		const vocabulary = this.#vocabulary.finish();
		const values = split.values.finish() as Uint8Array;
		finishTokens(values, vocabulary);
		finishTokens(labels, vocabulary);
		const vocabularySize = vocabulary.characters.length;
		const features: FeatureColumn = { kind: "tokens", values, vocabularySize };
		return {
			featureShape: [window, vocabularySize],
			features,
			numClasses: vocabularySize,
			classNames: vocabulary.characters,
		};
	}

	#numberColumns(split: LeafSplit, width: number) {
		const { numClasses, classNames, normalization, featureShape } = this.#options;
		const values = split.values.finish();
		return {
			featureShape: checkedFeatureShape(split.file, featureShape ?? [width], width),
			features:
				values instanceof Uint8Array ? byteColumn(values, normalization) : floatColumn(values, normalization),
			numClasses: numClasses ?? this.#highestLabel + 1,
			...(classNames === undefined ? {} : { classNames }),
		};
	}
}

interface Place {
	readonly file: string;
	readonly place: string;
}

function formOf(x: unknown, place: Place): ExampleForm {
	if (typeof x === "string" && x.length > 0) return { kind: "characters", width: charactersOf(x).length };
	if (Array.isArray(x) && x.length > 0) return { kind: "numbers", width: x.length };
	throw dataError({ ...place, found: `x: ${typeName(x)}`, expected: "a list of numbers or a text" });
}
