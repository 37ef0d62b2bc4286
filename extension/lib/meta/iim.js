// @ts-check
/** Photoshop's image resources and the IPTC-IIM 4.2 records in them. */

import { has, latin1, text, trimEnd, u16, u32, uint, utf8, hex, ReadError, windows1252 } from "./bytes.js";

/** @typedef {import("./bytes.js").Property} Property */

const MAX_RESOURCES = 10_000;
/** An empty dataset takes 5 bytes, so a hostile block could hold millions. */
const MAX_DATASETS = 20_000;
const SIGNATURES = ["8BIM", "PHUT", "AgHg", "DCSR", "MeSa"];
const IIM = 0x0404, DIGEST = 0x0425, FLAG = 0x040a, URL_ID = 0x040b;
const BINARY = new Set(["1:000", "1:020", "1:022", "2:000", "2:200", "2:201", "2:202", "2:125"]);

/** The `iptc` blocks and the stream itself. @param {Uint8Array} stream @returns {import("./bytes.js").Block[]} */
export function resources(stream) {
  const blocks = [{ carrier: "photoshop", payload: stream }];
  for (const { id, data } of walk(stream)) {
    if (id === IIM && data.length) blocks.push({ carrier: "iptc", payload: data });
  }
  return blocks;
}

/** @param {Uint8Array} stream */
export function* walk(stream) {
  let at = 0;
  for (let count = 0; count < MAX_RESOURCES && at + 12 <= stream.length; count++) {
    const signature = latin1(stream.subarray(at, at + 4));
    if (!SIGNATURES.includes(signature)) return;
    const id = u16(stream, at + 4), name = stream[at + 6];
    const size = at + 7 + name + ((name + 1) & 1);
    const length = u32(stream, size), start = size + 4;
    if (!(start + length <= stream.length)) return;
    yield { signature, id, data: stream.subarray(start, start + length) };
    at = start + length;
    // A resource is padded to an even length; some writers leave the pad byte off.
    if (length & 1 && !SIGNATURES.some((known) => has(stream, known, at))) at++;
  }
}

/** Copyright flag, address and digest. @param {Uint8Array} stream @returns {Property[]} */
export function readPhotoshop(stream) {
  /** @type {Property[]} */
  const found = [];
  for (const { signature, id, data } of walk(stream)) {
    if (signature !== "8BIM" || !data.length) continue;
    const key = `8BIM:${id.toString(16).toUpperCase().padStart(4, "0")}`;
    if (id === FLAG) found.push({ carrier: "photoshop", key, value: data.some(Boolean) ? "True" : "False" });
    else if (id === URL_ID) found.push({ carrier: "photoshop", key, value: text(data).replace(/\0+$/, "") });
    else if (id === DIGEST && data.length === 16) found.push({ carrier: "photoshop", key, value: hex(data) });
  }
  return found;
}

/** Every text dataset under `record:dataset`, repeated ones as a list. @param {Uint8Array} data
 * @returns {Property[]} */
export function readIim(data) {
  const datasets = split(data);
  const texts = datasets.filter(({ key }) => !BINARY.has(key));
  const flagged = datasets.some(({ key, value }) => key === "1:090" && latin1(value) === "\x1b%G");
  const unicode = flagged || texts.every(({ value }) => utf8(cut(value)) !== null);
  /** @type {Map<string, string[]>} */
  const values = new Map();
  for (const { key, value } of texts) {
    const decoded = (unicode ? utf8(cut(value)) : null) ?? windows(value);
    values.set(key, [...(values.get(key) ?? []), decoded.replace(/\0+$/, "")]);
  }
  return [...values].map(([key, found]) => ({ carrier: "iptc", key, value: found.length === 1 ? found[0] : found }));
}

/** @param {Uint8Array} data */
function split(data) {
  const found = [];
  let at = 0;
  while (at < data.length && found.length < MAX_DATASETS) {
    if (data[at] !== 0x1c) break;
    let length = u16(data, at + 3), start = at + 5;
    if (length & 0x8000) {
      // Extended dataset (IIM 1.5 c): the low 15 bits count the length bytes that follow.
      const size = length & 0x7fff;
      length = size > 8 ? data.length : uint(data, start, size);
      start += size;
    }
    if (!(start + length <= data.length)) break;
    const key = `${data[at + 1]}:${String(data[at + 2]).padStart(3, "0")}`;
    found.push({ key, value: data.subarray(start, start + length) });
    at = start + length;
  }
  if (!found.length && data.length && trimEnd(data).length) {
    throw new ReadError("iim_marker", "The IIM records make no sense.");
  }
  return found;
}

/** Without a last character whose bytes are incomplete: limits are bytes, so writers cut there.
 * @param {Uint8Array} data */
function cut(data) {
  for (let back = 1; back <= Math.min(4, data.length); back++) {
    const byte = data[data.length - back];
    if (byte >= 0xc0) {
      const needed = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return needed > back ? data.subarray(0, data.length - back) : data;
    }
    if (byte < 0x80) break;
  }
  return data;
}

/** @param {Uint8Array} data */
function windows(data) {
  // Five bytes stand for nothing in Windows-1252; with one of them it is Latin-1.
  if (data.some((byte) => [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte))) return latin1(data);
  return windows1252(data);
}
