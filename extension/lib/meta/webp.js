// @ts-check
/** Where a WebP keeps what it says (WebP Container Specification): chunks, XMP and Exif behind the picture. */

import { ascii, has } from "./bytes.js";

/** Animations hold some thousands; an empty chunk takes 8 bytes. */
const MAX_CHUNKS = 100_000;
/** @type {Record<string, string>} */
const CARRIERS = { "EXIF": "exif", "XMP ": "xmp", "C2PA": "c2pa" };

/** @param {Uint8Array} data */
export const recognises = (data) => has(data, "RIFF") && has(data, "WEBP", 8);

/** The blocks as far as `data` goes. @param {Uint8Array} data @returns {import("./bytes.js").Found} */
export function find(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const limit = Math.min(8 + view.getUint32(4, true), data.length);
  let complete = 8 + view.getUint32(4, true) <= data.length;
  /** @type {import("./bytes.js").Block[]} */
  const blocks = [];
  let at = 12;
  for (let count = 0; count < MAX_CHUNKS && at + 8 <= limit; count++) {
    const length = view.getUint32(at + 4, true), stop = at + 8 + length;
    if (stop > limit) {
      complete = false;
      break;
    }
    const carrier = CARRIERS[ascii(data, at, 4)];
    if (carrier) {
      const body = data.subarray(at + 8, stop);
      blocks.push({ carrier, payload: carrier === "exif" && has(body, "Exif\0\0") ? body.subarray(6) : body });
    }
    at = stop + (length & 1);
  }
  return { format: "webp", blocks, complete };
}
