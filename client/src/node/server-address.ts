import { FlSimError } from "@fl-sim/core";

/**
 * The address of a server, from the text of `--server`. Without encryption only this machine is reached, unless the
 * user says otherwise: model and updates would cross the network in the clear.
 *
 * @throws FL_USAGE
 */
export function parseServerAddress(
	text: string,
	{ allowsInsecure }: { readonly allowsInsecure: boolean },
): URL {
	const address = URL.parse(text);
	if (address === null || (address.protocol !== "ws:" && address.protocol !== "wss:")) {
		throw wrong(
			text,
			"expected ws://HOST:PORT or wss://HOST:PORT",
			"Give the address that the server prints.",
		);
	}
	if (address.username !== "" || address.password !== "" || address.hash !== "") {
		throw wrong(
			`${address.protocol}//…@${address.host}`,
			"expected an address without user, password and fragment",
			"A token goes into a file (--token-file) or into FL_CLIENT_TOKEN.",
		);
	}
	if (address.protocol === "ws:" && !allowsInsecure && !isLoopback(address.hostname)) {
		throw wrong(
			text,
			"expected wss:// for a server on another machine: ws:// is not encrypted",
			"Use wss://, or --insecure in a network where nobody listens.",
		);
	}
	return address;
}

function isLoopback(host: string): boolean {
	return host === "localhost" || host === "[::1]" || /^127(?:\.\d+){3}$/.test(host);
}

function wrong(text: string, problem: string, fix: string): FlSimError {
	return new FlSimError("FL_USAGE", `--server: found ${JSON.stringify(text)}, ${problem}`, { fix });
}
