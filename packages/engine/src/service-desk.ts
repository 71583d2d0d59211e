import { FlSimError, type PayloadShape, type Service, type ServiceHandler, type Traffic } from "@fl-sim/core";
import { decodePayload, encodePayload } from "@fl-sim/wire";
import type { Serve } from "./link.ts";

/** Answers the questions of one client's task and counts their bytes. */
export function serviceDesk(
	client: number,
	handlers: Readonly<Record<string, ServiceHandler>> | undefined,
	{
		services = [],
		shape,
	}: {
		readonly services: readonly Service<unknown>[] | undefined;
		readonly shape: PayloadShape<unknown>;
	},
): { readonly serve: Serve; readonly traffic: Traffic } {
	const layoutSize = shape.layout.size;
	const traffic = { downBytes: 0, upBytes: 0 };

	async function serve(name: string, ask: Uint8Array): Promise<Uint8Array> {
		const service = services.find((offered) => offered.name === name);
		const handler = handlers?.[name];
		if (service === undefined || handler === undefined) {
			throw new FlSimError(
				"FL_CLIENT_FAILED",
				`client ${client} asks for the service ${name}, which nobody offers`,
			);
		}
		traffic.upBytes += ask.byteLength;
		const answer = await handler(client, decodePayload(service.ask(shape), layoutSize, ask));
		const payload = encodePayload(service.answer(shape), layoutSize, answer);
		traffic.downBytes += payload.byteLength;
		return payload;
	}

	return { serve, traffic };
}
