/** The part of a zod schema that the vocabulary needs: options in, validated options with defaults out. */
export interface OptionsSchema<Options> {
	parse(value: unknown): Options;
}
