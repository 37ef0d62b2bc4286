/** One JSON line per path on standard input: what the extension's own parser reads of the file, whole and by its head. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { read } from "../../extension/lib/meta/picture.js";

for await (const path of createInterface({ input: process.stdin })) {
  const data = new Uint8Array(readFileSync(path));
  const reading = { path, whole: await read(data), head: await read(data, { head: true }) };
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
