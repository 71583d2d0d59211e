// Loaded with --import into a server: at the point that FL_FAULT_POINT names the process is killed with -9, or a system
// call fails. The product knows nothing of it.
import fs from "node:fs";
import promises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import type { ClientMessage, ServerMessage } from "@fl-sim/protocol";
import { WebSocket } from "ws";

/** A place in what a server does. */
export type FaultPoint = (
	| {
			/** A system call for a file; `write` does the first half of it before anything happens. */
			readonly call: "open" | "write" | "sync" | "rename" | "remove";
			/** How the name of the file ends. */
			readonly file: string;
	  }
	| { readonly sends: ServerMessage["type"] | "chunk" }
	| { readonly hears: ClientMessage["type"] | "chunk" }
) & {
	/** Which of them; the first unless given. */
	readonly count?: number;
	/** Lets it happen first. */
	readonly isAfter?: boolean;
};

export interface Fault {
	readonly point: FaultPoint;
	/** `kill`, or the code of the error of the system call. */
	readonly effect: "kill" | "EIO" | "EROFS" | "ENOSPC";
}

const { point, effect } = JSON.parse(process.env["FL_FAULT_POINT"] ?? "") as Fault;
const awaited =
	"call" in point
		? `${point.call} ${point.file}`
		: "sends" in point
			? `sends ${point.sends}`
			: `hears ${point.hears}`;
let passed = 0;
/** Round of the last task that was sent. */
let round = 0;

function isReached(what: string): boolean {
	const isIt =
		"call" in point ? what.startsWith(`${point.call} `) && what.endsWith(point.file) : what === awaited;
	return isIt && ++passed === (point.count ?? 1);
}

function happen(): never {
	fs.writeSync(2, `fault point: ${awaited} in round ${round}\n`);
	if (effect === "kill") process.kill(process.pid, "SIGKILL");
	const texts = {
		kill: "",
		EIO: "i/o error",
		EROFS: "read-only file system",
		ENOSPC: "no space left on device",
	};
	throw Object.assign(new Error(`${effect}: ${texts[effect]}, ${awaited}`), { code: effect });
}

async function around<Result>(what: string, action: () => Promise<Result>): Promise<Result> {
	if (!isReached(what)) return await action();
	if (point.isAfter === true) await action();
	return happen();
}

function watchHandle(handle: FileHandle, file: string): FileHandle {
	const sync = handle.sync.bind(handle);
	const writeFile = handle.writeFile.bind(handle);
	handle.sync = () => around(`sync ${file}`, sync);
	handle.writeFile = async (data, options) => {
		if (!(data instanceof Uint8Array)) return await writeFile(data, options);
		if (isReached(`write ${file}`)) {
			await writeFile(data.subarray(0, data.length >> 1));
			happen();
		}
		return await writeFile(data, options);
	};
	return handle;
}

const { open, rename, rm } = promises;
promises.open = async (path, flags, mode) => {
	const file = String(path);
	return watchHandle(await around(`open ${file}`, () => open(path, flags, mode)), file);
};
promises.rename = (from, to) => around(`rename ${String(to)}`, () => rename(from, to));
promises.rm = (path, options) => around(`remove ${String(path)}`, () => rm(path, options));

/** Files that grow are open all the time. */
const names = new Map<number, string>();
const { openSync, fsync } = fs;
fs.openSync = (path, flags, mode) => {
	const descriptor = openSync(path, flags, mode);
	names.set(descriptor, String(path));
	return descriptor;
};
const watchedSync = (descriptor: number, callback: fs.NoParamCallback): void => {
	around(`sync ${names.get(descriptor) ?? ""}`, async () => undefined).then(
		() => fsync(descriptor, callback),
		(error: NodeJS.ErrnoException) => callback(error),
	);
};
fs.fsync = Object.assign(watchedSync, { __promisify__: fsync.__promisify__ });
syncBuiltinESMExports();

const control = 1;

/** What a frame is, without looking whether it is whole. */
function typeOf(frame: Uint8Array): string {
	const kind = new DataView(frame.buffer, frame.byteOffset, frame.length).getUint32(4, true);
	if (kind !== control) return "chunk";
	const message = JSON.parse(new TextDecoder().decode(frame.subarray(12))) as ServerMessage | ClientMessage;
	if (message.type === "task") round = message.round;
	return message.type;
}

type Method = (this: void, ...values: unknown[]) => unknown;
const send = Reflect.get(WebSocket.prototype, "send") as Method;
const emit = Reflect.get(WebSocket.prototype, "emit") as Method;
WebSocket.prototype.send = function (this: WebSocket, data: Uint8Array, ...rest: unknown[]) {
	const isIt = isReached(`sends ${typeOf(data)}`);
	if (isIt && point.isAfter !== true) happen();
	Reflect.apply(send, this, [data, ...rest]);
	if (isIt) happen();
};
WebSocket.prototype.emit = function (this: WebSocket, event: string, ...values: unknown[]) {
	const [data] = values;
	const isIt = event === "message" && data instanceof Uint8Array && isReached(`hears ${typeOf(data)}`);
	if (isIt && point.isAfter !== true) happen();
	const isHeard = Reflect.apply(emit, this, [event, ...values]) === true;
	if (isIt) happen();
	return isHeard;
};
