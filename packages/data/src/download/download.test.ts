import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { flSimErrorOf, temporaryFolder } from "../readers/sample-files.fixture.ts";
import type { NamedDataset, RemoteFile } from "./catalogue.ts";
import { downloadDataset } from "./download-dataset.ts";
import { type DownloadProgress, downloadFile } from "./download-file.ts";

const contents = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on the loopback interface; resolves to its address and the list of what was asked for. */
async function serve(answer: Answer): Promise<{ url: string; requests: string[] }> {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		requests.push(`${request.url} ${request.headers.range ?? "all"}`);
		answer(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Sends the bytes, from where the request wants to go on. */
const whole =
	(bytes: Uint8Array = contents): Answer =>
	(request, response) => {
		const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
		if (from === 0) response.writeHead(200).end(bytes);
		else if (from >= bytes.length) response.writeHead(416).end();
		else
			response
				.writeHead(206, { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
				.end(bytes.subarray(from));
	};

/** Sends only the first bytes; `cut` breaks the connection off, to be called once they have arrived. */
function cutAfter(count: number): { answer: Answer; cut: () => void } {
	let open: ServerResponse | undefined;
	return {
		answer: (_, response) => {
			open = response;
			response.writeHead(200, { "content-length": contents.length }).write(contents.subarray(0, count));
		},
		cut: () => open?.destroy(),
	};
}

const status =
	(code: number): Answer =>
	(_, response) => {
		response.writeHead(code).end("no such file");
	};

function remoteFile(name: string, bytes: Uint8Array, urls: readonly string[] = []): RemoteFile {
	return { name, urls, size: bytes.length, md5: createHash("md5").update(bytes).digest("hex") };
}

async function download(
	urls: readonly string[],
	partial?: Uint8Array,
	onProgress?: (received: number) => void,
) {
	const folder = await temporaryFolder();
	const target = join(folder, "data.bin");
	if (partial !== undefined) await writeFile(`${target}.part`, partial);
	const progress: DownloadProgress[] = [];
	const done = downloadFile(remoteFile("data.bin", contents, urls), target, (step) => {
		progress.push(step);
		onProgress?.(step.received);
	});
	return { done, folder, target, progress };
}

test("a file is downloaded, checked and named, and progress is told", async () => {
	const { url, requests } = await serve(whole());
	const { done, target, folder, progress } = await download([`${url}/data.bin`]);
	await done;
	expect(await readFile(target)).toEqual(contents);
	expect(await readdir(folder)).toEqual(["data.bin"]);
	expect(requests).toEqual(["/data.bin all"]);
	expect(progress.at(-1)).toEqual({ file: "data.bin", received: 100_000, total: 100_000 });
});

test("a partial download is resumed where it ended", async () => {
	const { url, requests } = await serve(whole());
	const { done, target, progress } = await download([`${url}/f`], contents.subarray(0, 60_000));
	await done;
	expect(await readFile(target)).toEqual(contents);
	expect(requests).toEqual(["/f bytes=60000-"]);
	expect(progress.every(({ received }) => received > 60_000)).toBe(true);
});

test("a download that is cut goes on from there", async () => {
	const { answer, cut } = cutAfter(50_000);
	const { url, requests } = await serve((request, response) => {
		(request.headers.range === undefined ? answer : whole())(request, response);
	});
	const { done, target } = await download([`${url}/f`], undefined, (received) => {
		if (received === 50_000) cut();
	});
	await done;
	expect(await readFile(target)).toEqual(contents);
	expect(requests).toEqual(["/f all", "/f bytes=50000-"]);
});

test("what came before a server broke down stays for the next time", async () => {
	const { answer, cut } = cutAfter(50_000);
	const { url } = await serve((request, response) => {
		(request.headers.range === undefined ? answer : status(503))(request, response);
	});
	const { done, folder } = await download([`${url}/f`], undefined, (received) => {
		if (received === 50_000) cut();
	});
	const error = await flSimErrorOf(done);
	expect(error.code).toBe("FL_DATA_DOWNLOAD");
	expect(error.message).toMatch(/answered 503/);
	expect(await readFile(join(folder, "data.bin.part"))).toEqual(contents.subarray(0, 50_000));
});

test("a server that ignores ranges sends the whole again", async () => {
	const { url } = await serve((_, response) => response.writeHead(200).end(contents));
	const { done, target } = await download([`${url}/f`], Buffer.from("wrong bytes of an older download"));
	await done;
	expect(await readFile(target)).toEqual(contents);
});

test("a partial download of other bytes is thrown away and the file downloaded again", async () => {
	const { url, requests } = await serve(whole());
	const { done, target } = await download([`${url}/f`], Buffer.alloc(1000, 1));
	await done;
	expect(await readFile(target)).toEqual(contents);
	expect(requests).toEqual(["/f bytes=1000-", "/f all"]);
});

test("a complete partial download is only checked and named", async () => {
	const { done, target } = await download(["http://127.0.0.1:1/f"], contents);
	await done;
	expect(await readFile(target)).toEqual(contents);
});

test("a partial download that is too long is thrown away", async () => {
	const { url } = await serve(whole());
	const { done, target } = await download([`${url}/f`], Buffer.alloc(200_000));
	expect((await flSimErrorOf(done)).message).toMatch(/answered 416/);
	await downloadFile(remoteFile("data.bin", contents, [`${url}/f`]), target);
	expect(await readFile(target)).toEqual(contents);
});

test("wrong bytes never get the file's name", async () => {
	const wrong = Buffer.from(contents);
	wrong[5] = 255;
	const { url } = await serve(whole(wrong));
	const { done, folder } = await download([`${url}/f`]);
	const error = await flSimErrorOf(done);
	expect(error.code).toBe("FL_DATA_CHECKSUM");
	expect(error.message).toMatch(/the MD5 checksum is [0-9a-f]{32} instead of/);
	expect(await readdir(folder)).toEqual([]);
});

test("a server that sends too little or too much is not believed", async () => {
	const short = await serve(whole(contents.subarray(0, 10)));
	expect((await flSimErrorOf((await download([`${short.url}/f`])).done)).message).toMatch(
		/has 10 bytes instead/,
	);
	const long = await serve(whole(Buffer.concat([contents, contents])));
	expect((await flSimErrorOf((await download([`${long.url}/f`])).done)).message).toMatch(
		/more than 100000 bytes/,
	);
});

test("after a mirror without the file, one with wrong bytes and one that refuses, the next is tried", async () => {
	const missing = await serve(status(404));
	const wrong = await serve(whole(Buffer.alloc(contents.length)));
	const good = await serve(whole());
	const mirrors = [missing.url, wrong.url, "http://127.0.0.1:1", good.url].map((url) => `${url}/f`);
	const { done, target } = await download(mirrors);
	await done;
	expect(await readFile(target)).toEqual(contents);
});

test("when no mirror works the error tells what happened at each", async () => {
	const { url } = await serve(status(404));
	const { done } = await download([`${url}/f`, "http://127.0.0.1:1/f"]);
	const error = await flSimErrorOf(done);
	expect(error.code).toBe("FL_DATA_DOWNLOAD");
	expect(error.message).toMatch(/answered 404.*; http:\/\/127\.0\.0\.1:1\/f: .*/);
});

/** A tar archive (ustar) of regular files in a folder. */
function tarBytes(files: Readonly<Record<string, Uint8Array>>): Buffer {
	const blocks = Object.entries(files).flatMap(([name, bytes]) => {
		const header = Buffer.alloc(512);
		header.write(name, 0);
		header.write(bytes.length.toString(8).padStart(11, "0"), 124);
		header.write("        0", 148);
		header.write("ustar", 257);
		const sum = header.reduce((total, byte) => total + byte, 0);
		header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
		return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
	});
	return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const archive = gzipSync(
	tarBytes({
		"folder/one.bin": Buffer.alloc(1000, 1),
		"folder/readme.html": Buffer.from("not needed"),
		"folder/names.txt": Buffer.from("a\nb\n"),
		"../../two.bin": Buffer.alloc(512, 2),
	}),
);

function archived(bytes: Uint8Array): NamedDataset {
	return {
		name: "sample",
		title: "A sample",
		files: ["one.bin", "two.bin"],
		optionalFiles: ["names.txt"],
		provision: { kind: "archive", archive: remoteFile("sample.tar.gz", bytes) },
	};
}

test("an archive is unpacked into the folder and only what is needed stays", async () => {
	const { url, requests } = await serve(whole(archive));
	const folder = join(await temporaryFolder(), "new", "folder");
	const first = await downloadDataset(archived(archive), { folder, from: `${url}/mirror/` });
	expect(first.downloaded).toEqual(["one.bin", "names.txt", "two.bin"]);
	expect((await readdir(folder)).sort()).toEqual(["names.txt", "one.bin", "two.bin"]);
	expect(await readFile(join(folder, "one.bin"))).toEqual(Buffer.alloc(1000, 1));
	expect(requests).toEqual(["/mirror/sample.tar.gz all"]);
	const again = await downloadDataset(archived(archive), { folder, from: url });
	expect(again).toEqual({ folder, downloaded: [], kept: ["one.bin", "two.bin"] });
	expect(requests).toHaveLength(1);
});

test("an archive without a needed file, and one that is none, are errors", async () => {
	const incomplete = gzipSync(tarBytes({ "one.bin": Buffer.alloc(3) }));
	const server = await serve(whole(incomplete));
	const folder = await temporaryFolder();
	const error = await flSimErrorOf(downloadDataset(archived(incomplete), { folder, from: server.url }));
	expect(error.message).toMatch(/does not hold two.bin/);
	const noTar = Buffer.alloc(2000, 7);
	const other = await serve(whole(noTar));
	const broken = await flSimErrorOf(
		downloadDataset(archived(noTar), { folder: await temporaryFolder(), from: other.url }),
	);
	expect(broken.message).toMatch(/no tar header with the right checksum/);
});

const plain: NamedDataset = {
	name: "sample",
	title: "A sample",
	files: ["a", "b", "c"],
	optionalFiles: [],
	provision: {
		kind: "files",
		files: ["a.gz", "b.gz", "c.gz"].map((name) => remoteFile(name, contents, [`http://127.0.0.1:1/${name}`])),
	},
};

test("files that are there, packed or plain, stay", async () => {
	const { url, requests } = await serve(whole());
	const folder = await temporaryFolder();
	await writeFile(join(folder, "a.gz"), contents);
	await writeFile(join(folder, "b"), "plain");
	const result = await downloadDataset(plain, { folder, from: url });
	expect(result).toEqual({ folder, downloaded: ["c.gz"], kept: ["a.gz", "b"] });
	expect(requests).toEqual(["/c.gz all"]);
});

test("a file that is there with other bytes is not overwritten", async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, "a.gz"), "mine");
	const error = await flSimErrorOf(downloadDataset(plain, { folder }));
	expect(error.code).toBe("FL_DATA_CHECKSUM");
	expect(await readFile(join(folder, "a.gz"), "utf8")).toBe("mine");
});

test("without a network the error tells which files to put where by hand", async () => {
	const folder = await temporaryFolder();
	const error = await flSimErrorOf(downloadDataset(plain, { folder }));
	expect(error.code).toBe("FL_DATA_DOWNLOAD");
	expect(error.fix).toContain(`by hand into ${folder}: a.gz (http://127.0.0.1:1/a.gz), b.gz (`);
});

test("a folder that cannot be made is an error", async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, "file"), "");
	const error = await flSimErrorOf(downloadDataset(plain, { folder: join(folder, "file", "sub") }));
	expect(error.code).toBe("FL_DATA_DOWNLOAD");
	expect(error.message).toMatch(/cannot be made/);
});

test("a data set that nobody publishes is explained, unless it is there", async () => {
	const manual: NamedDataset = {
		...plain,
		files: ["train"],
		provision: { kind: "manual", steps: "Run the script." },
	};
	const folder = await temporaryFolder();
	const error = await flSimErrorOf(downloadDataset(manual, { folder }));
	expect(error.message).toBe(`sample cannot be downloaded. Run the script. to ${folder}.`);
	await mkdir(join(folder, "train"));
	expect((await downloadDataset(manual, { folder })).kept).toEqual(["train"]);
});
