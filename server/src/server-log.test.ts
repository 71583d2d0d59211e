import { expect, test } from "vitest";
import { createServerLog } from "./server-log.ts";

test("headers and messages may be logged without giving secrets away", () => {
	const lines: string[] = [];
	const log = createServerLog("info", { write: (line) => lines.push(line) });
	log.info({ req: { url: "/x", headers: { authorization: "Bearer abc", host: "h" } } }, "request");
	log.info({ hello: { client: 3, proof: "abc" } }, "hello");
	log.info(
		{ secret: "abc", storedKey: "abc", entry: { storedKey: "abc" }, headers: { cookie: "abc" } },
		"all",
	);
	log.debug("not at this level");
	expect(lines).toHaveLength(3);
	expect(lines.join("")).not.toContain("abc");
	expect(JSON.parse(lines[0] ?? "")).toMatchObject({ req: { url: "/x", headers: { host: "h" } } });
	expect(JSON.parse(lines[1] ?? "")).toMatchObject({ hello: { client: 3, proof: "(removed)" } });
});
