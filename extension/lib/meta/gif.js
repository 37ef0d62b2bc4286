// @ts-check
/** Where a GIF keeps what it says (GIF89a, 24 and 26): comments and the XMP application extension. */

import { has, join } from "./bytes.js";

/** Animations have some thousands of blocks. */
const MAX_BLOCKS = 100_000;
/** What ends the packet's disguise as sub-blocks (XMP part 3, 1.1.2). */
const TRAILER = 258;

/** @param {Uint8Array} data */
export const recognises = (data) => has(data, "GIF87a") || has(data, "GIF89a");

/** The blocks as far as `data` goes. @param {Uint8Array} data @returns {import("./bytes.js").Found} */
export function find(data) {
  /** @type {import("./bytes.js").Block[]} */
  const blocks = [];
  let at = 13 + table(data[10]), complete = false;
  for (let count = 0; count < MAX_BLOCKS && at < data.length; count++) {
    if (data[at] === 0x3b) {
      complete = true;
      break;
    }
    if (data[at] === 0x2c) at = subBlocks(data, at + 11 + table(data[at + 9])).end;
    else if (data[at] === 0x21) {
      const label = data[at + 1];
      const { parts, end } = subBlocks(data, at + 2);
      if (label === 0xfe) blocks.push({ carrier: "comment", payload: join(parts) });
      else if (label === 0xff && has(data, "XMP DataXMP", at + 3)) {
        blocks.push({ carrier: "xmp", payload: data.subarray(at + 14, Math.max(at + 14, end - TRAILER)) });
      }
      at = end;
    } else break;
  }
  return { format: "gif", blocks, complete };
}

/** Bytes of a colour table. @param {number} flags */
const table = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

/** @param {Uint8Array} data @param {number} at */
function subBlocks(data, at) {
  const parts = [];
  while (at < data.length && data[at]) {
    parts.push(data.subarray(at + 1, at + 1 + data[at]));
    at += 1 + data[at];
  }
  return { parts, end: at + 1 };
}
