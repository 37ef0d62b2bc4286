// @ts-check
/** Exif (Exif 3.0, TIFF 6.0): the texts that say who, whose and with what; a bounded walk, no maker's notes. */

import { has, latin1, ReadError, text, trimEnd, until } from "./bytes.js";

/** Entries read per stream; cameras write some hundred. */
const MAX_ENTRIES = 2_000;
/** Generator records in UserComment reach some 100 kB. */
const MAX_TEXT = 1 << 20, MAX_TOTAL = 8 << 20;
/** @type {Record<number, string>} */
const POINTERS = { 0x8769: "ExifIFD", 0x8825: "GPS", 0xa005: "InteropIFD" };
/** @type {Record<number, string>} */
const NAMES = {
  0x010e: "ImageDescription", 0x010f: "Make", 0x0110: "Model", 0x0131: "Software", 0x013b: "Artist",
  0x8298: "Copyright", 0x9c9d: "XPAuthor", 0x9286: "UserComment",
};
const COPYRIGHT = 0x8298, COMMENT = 0x9286;

/** Properties under `IFD0:Artist` and the like. @param {Uint8Array} payload
 * @returns {import("./bytes.js").Property[]} */
export function readExif(payload) {
  const data = has(payload, "Exif\0") ? payload.subarray(6) : payload;
  const little = has(data, "II");
  if (data.length < 8 || !(little || has(data, "MM"))) throw broken();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.getUint16(2, little) !== 42) throw broken();
  /** @type {import("./bytes.js").Property[]} */
  const found = [];
  /** @type {[string, number][]} */
  const queue = [["IFD0", view.getUint32(4, little)]];
  const visited = new Set();
  let entries = MAX_ENTRIES, total = MAX_TOTAL, outside = false;
  while (queue.length) {
    const [group, offset] = /** @type {[string, number]} */ (queue.shift());
    if (visited.has(offset)) continue;
    visited.add(offset);
    if (offset + 2 > data.length) {
      outside = true;
      continue;
    }
    const count = view.getUint16(offset, little);
    let at = offset + 2, index = 0;
    for (; index < count && entries > 0 && at + 12 <= data.length; index++, at += 12, entries--) {
      const tag = view.getUint16(at, little), kind = view.getUint16(at + 2, little);
      const length = view.getUint32(at + 4, little), value = view.getUint32(at + 8, little);
      if (POINTERS[tag] && (group === "IFD0" || group === "ExifIFD")) queue.push([POINTERS[tag], value]);
      const name = group === "GPS" || group === "InteropIFD" ? undefined : NAMES[tag];
      if (!name || ![1, 2, 7, 129].includes(kind) || length > MAX_TEXT) continue;
      const start = length <= 4 ? at + 8 : value;
      if (start + length > data.length) continue;
      total -= length;
      if (total < 0) return found;
      const said = decode(tag, kind, data.subarray(start, start + length), little);
      if (said !== null) found.push({ carrier: "exif", key: `${group}:${name}`, value: said });
    }
    if (group === "IFD0" && index === count && at + 4 <= data.length) {
      const next = view.getUint32(at, little);
      if (next) queue.push(["IFD1", next]);
    }
  }
  if (outside && !found.length) throw broken();
  return found;
}

const broken = () => new ReadError("exif_header", "The Exif block does not begin with a TIFF header.");

/** @param {number} tag @param {number} kind @param {Uint8Array} data @param {boolean} little
 * @returns {string | null} */
function decode(tag, kind, data, little) {
  if (tag >= 0x9c9b && tag <= 0x9c9f && kind !== 2) {
    return utf16(data, true).replace(/\0+$/, "");
  }
  if (tag === COMMENT) return comment(data, little);
  if (tag === COPYRIGHT && (kind === 2 || kind === 129)) {
    // Photographer NUL editor NUL (Exif 3.0, 4.6.5).
    return text(data).split("\0").map((part) => part.trim()).filter(Boolean).join("; ");
  }
  if (kind === 2 || kind === 129) return text(data.subarray(0, until(data)));
  const bare = trimEnd(data);
  return bare.length && bare.every((byte) => byte >= 0x20 && byte < 0x7f) ? latin1(bare) : null;
}

/** Eight bytes of character code, then text (Exif 3.0, 4.6.6). @param {Uint8Array} data @param {boolean} little */
function comment(data, little) {
  const code = latin1(data.subarray(0, 8)), rest = data.subarray(8);
  if (code === "UNICODE\0") return utf16(rest, smallEnd(rest, little)).replace(/^[\ufeff\0]+|[\ufeff\0]+$/g, "");
  if (code === "JIS\0\0\0\0\0") {
    for (const encoding of ["iso-2022-jp", "shift_jis", "euc-jp"]) {
      try {
        return new TextDecoder(encoding, { fatal: true }).decode(rest).replace(/\0+$/, "");
      } catch {
        // The next encoding, or plain text.
      }
    }
  }
  const known = code === "ASCII\0\0\0" || code === "JIS\0\0\0\0\0" || code === "\0\0\0\0\0\0\0\0";
  let body = known ? rest : data;
  if (known) while (body.length && body[0] === 0) body = body.subarray(1);
  return text(body.subarray(0, until(body)));
}

/** Writers ignore the byte order of the stream: the half of the code units that is zero tells.
 * @param {Uint8Array} data @param {boolean} little */
function smallEnd(data, little) {
  if (data[0] === 0xff && data[1] === 0xfe) return true;
  if (data[0] === 0xfe && data[1] === 0xff) return false;
  let high = 0, low = 0;
  for (let at = 0; at + 1 < Math.min(data.length, 512); at += 2) {
    if (data[at] === 0) high++;
    if (data[at + 1] === 0) low++;
  }
  return high === low ? little : high < low;
}

/** @param {Uint8Array} data @param {boolean} little */
function utf16(data, little) {
  return new TextDecoder(little ? "utf-16le" : "utf-16be").decode(data.subarray(0, data.length & ~1));
}

