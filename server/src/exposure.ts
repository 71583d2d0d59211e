import { BlockList, isIP } from "node:net";
import { FlSimError } from "@fl-sim/core";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether only programs on the same machine reach a server at this address. */
export function isLoopback(host: string): boolean {
	const version = isIP(host);
	if (version === 0) return host.toLowerCase() === "localhost";
	return loopback.check(host, version === 6 ? "ipv6" : "ipv4");
}

/** How a server is going to be reached. */
export interface Exposure {
	readonly host: string;
	readonly hasTls: boolean;
	/** Asked for by name: no TLS, for instance behind a proxy that has it. */
	readonly insecure: boolean;
	/** Number of valid tokens of clients; undefined without a token file. */
	readonly clientTokens: number | undefined;
}

/**
 * What a server for other machines must have: TLS, unless the user does without by name, and tokens, always. On the
 * own machine neither is needed.
 *
 * @throws FL_SERVER_EXPOSED
 */
export function checkExposure({ host, hasTls, insecure, clientTokens }: Exposure): void {
	if (isLoopback(host)) return;
	if (!hasTls && !insecure) {
		throw new FlSimError("FL_SERVER_EXPOSED", `other machines would reach ${host} without TLS`, {
			fix:
				"Make certificates with `fl-server certificates --host NAME --out certificates` and give --cert and --key; " +
				"or give --insecure where a proxy or a tunnel encrypts.",
		});
	}
	if (clientTokens === undefined || clientTokens === 0) {
		const found = clientTokens === undefined ? "there is no token file" : "no client has a valid token";
		throw new FlSimError("FL_SERVER_EXPOSED", `whoever reaches ${host} could take part: ${found}`, {
			fix: "Issue a token to each client: `fl-server tokens issue --client 0`.",
		});
	}
}
