/** The common name in the certificate of a client. */
export function clientName(client: number): string {
	return `client-${client}`;
}

/** The number of the client that a certificate was made for; undefined for any other certificate. */
export function clientNamed(certificate: {
	readonly subject?: { readonly CN?: string | string[] };
}): number | undefined {
	const name = certificate.subject?.CN;
	// Several common names come as an array: whose certificate that is, nobody can tell.
	if (typeof name !== "string") return undefined;
	const [, digits] = /^client-(0|[1-9]\d{0,14})$/.exec(name) ?? [];
	return digits === undefined ? undefined : Number(digits);
}
