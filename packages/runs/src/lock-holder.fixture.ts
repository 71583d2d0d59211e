import { lockFolder } from "./folder-lock.ts";

// A process that takes the lock of a folder, says so, and keeps it as long as it lives.
await lockFolder(process.argv[2] ?? "");
process.stdout.write("locked\n");
setInterval(() => undefined, 1000);
