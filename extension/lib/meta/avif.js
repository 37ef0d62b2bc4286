// @ts-check
/** Where AVIF and HEIC keep what they say (ISO 14496-12, 8.11): items named by `iinf`, placed by `iloc`; C2PA in a box. */

import { ascii, has, join, latin1, u16, u32, uint } from "./bytes.js";

/** @typedef {import("./bytes.js").Block} Block */
/** @typedef {{kind: string, start: number, body: number, end: number}} Box */

/** Pictures have some dozens; grids of tiles some hundreds. */
const MAX_BOXES = 10_000, MAX_ITEMS = 10_000, MAX_EXTENTS = 1_000, MAX_METADATA_ITEMS = 64;
const XMP_TYPE = "application/rdf+xml";
const C2PA_BOX = "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
const PICTURES = ["avif", "avis", "heic", "heix", "heim", "heis", "mif1", "msf1"];

/** @param {Uint8Array} data */
export function recognises(data) {
  if (!has(data, "ftyp", 4)) return false;
  const size = Math.min(u32(data, 0), data.length, 256);
  for (let at = 8; at + 4 <= size; at += at === 8 ? 8 : 4) if (PICTURES.includes(ascii(data, at, 4))) return true;
  return false;
}

/**
 * The blocks as far as `data` goes; `wants` is where the last item ends, when that lies past the bytes given.
 * @param {Uint8Array} data @returns {import("./bytes.js").Found & {wants: number}}
 */
export function find(data) {
  /** @type {Block[]} */
  const blocks = [];
  let wants = 0, meta = false, last = 0;
  for (const box of boxes(data, 0, data.length)) {
    last = box.end;
    if (box.kind === "meta" && !meta) {
      meta = true;
      wants = items(data, box, blocks);
    } else if (box.kind === "uuid" && latin1(data.subarray(box.body, box.body + 16)) === C2PA_BOX) {
      blocks.push({ carrier: "c2pa", payload: data.subarray(box.body + 16, Math.min(box.end, data.length)) });
    }
  }
  const format = has(data, "heic", 8) || has(data, "heix", 8) ? "heic" : "avif";
  return { format, blocks, complete: meta && Math.max(wants, 0) <= data.length && last > 0, wants };
}

/** Boxes side by side; one that the bytes cut is given with its stated end. @param {Uint8Array} data
 * @param {number} at @param {number} limit @returns {Generator<Box>} */
function* boxes(data, at, limit) {
  for (let count = 0; count < MAX_BOXES && at + 8 <= limit; count++) {
    let size = u32(data, at), head = 8;
    if (size === 1) {
      if (at + 16 > limit) return;
      [size, head] = [uint(data, at + 8, 8), 16];
    } else if (size === 0) size = limit - at;
    if (size < head) return;
    yield { kind: ascii(data, at + 4, 4), start: at, body: at + head, end: at + size };
    at += size;
  }
}

/** Adds the metadata items; returns where the last of them ends. @param {Uint8Array} data @param {Box} meta
 * @param {Block[]} blocks */
function items(data, meta, blocks) {
  const limit = Math.min(meta.end, data.length);
  /** @type {Map<number, string>} */
  const carriers = new Map();
  /** @type {Box | null} */
  let places = null;
  let idat = 0;
  for (const box of boxes(data, meta.body + 4, limit)) {
    if (box.kind === "iinf") named(data, box, limit, carriers);
    else if (box.kind === "iloc" && !places) places = box;
    else if (box.kind === "idat" && !idat) idat = box.body;
  }
  if (!places || places.end > data.length) return meta.end;
  let wants = meta.end;
  for (const { id, method, extents } of located(data, places)) {
    const carrier = carriers.get(id);
    if (!carrier || method > 1) continue;
    const ranges = extents.map(({ offset, length }) => [offset + (method ? idat : 0), length]);
    wants = ranges.reduce((most, [offset, length]) => Math.max(most, offset + length), wants);
    if (ranges.some(([offset, length]) => offset + length > data.length)) continue;
    const body = join([new Uint8Array(), ...ranges.map(([offset, length]) => data.subarray(offset, offset + length))]);
    if (carrier !== "exif") blocks.push({ carrier, payload: body });
    // u32 offset of the TIFF header, counted behind itself (ISO 23008-12, A.2.1).
    else if (body.length >= 4) blocks.push({ carrier, payload: body.subarray(4 + u32(body, 0)) });
  }
  return wants;
}

/** @param {Uint8Array} data @param {Box} iinf @param {number} limit @param {Map<number, string>} carriers */
function named(data, iinf, limit, carriers) {
  const start = iinf.body + (data[iinf.body] ? 8 : 6);
  for (const box of boxes(data, start, Math.min(iinf.end, limit))) {
    const version = data[box.body];
    if (box.kind !== "infe" || version < 2 || carriers.size >= MAX_METADATA_ITEMS) continue;
    const wide = version === 2 ? 2 : 4;
    const id = uint(data, box.body + 4, wide), at = box.body + 6 + wide;
    const kind = ascii(data, at, 4);
    const strings = latin1(data.subarray(at + 4, Math.min(box.end, limit))).split("\0");
    if (kind === "Exif") carriers.set(id, "exif");
    else if (kind === "iptc") carriers.set(id, "iptc");
    else if (kind === "mime" && (strings[1] ?? "").toLowerCase() === XMP_TYPE && !strings[2]) carriers.set(id, "xmp");
  }
}

/** @param {Uint8Array} data @param {Box} iloc */
function* located(data, iloc) {
  const version = data[iloc.body];
  const sizes = u16(data, iloc.body + 4);
  const [offset, length, base, index] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15, version ? sizes & 15 : 0];
  const wide = version < 2 ? 2 : 4;
  const count = Math.min(uint(data, iloc.body + 6, wide), MAX_ITEMS);
  let at = iloc.body + 6 + wide;
  for (let item = 0; item < count && at + wide + 4 <= iloc.end; item++) {
    const id = uint(data, at, wide);
    at += wide;
    const method = version ? u16(data, at) & 15 : 0;
    at += version ? 4 : 2;
    const from = uint(data, at, base), many = u16(data, at + base);
    at += base + 2;
    const extents = [];
    for (let extent = 0; extent < many && extent < MAX_EXTENTS && at < iloc.end; extent++) {
      at += index;
      extents.push({ offset: from + uint(data, at, offset), length: uint(data, at + offset, length) });
      at += offset + length;
    }
    yield { id, method, extents };
  }
}
