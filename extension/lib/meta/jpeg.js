// @ts-check
/** Where a JPEG keeps what it says (ISO 10918-1 B.1): all of it stands before the first scan. */

import { has, join, latin1, u16, u32, until } from "./bytes.js";
import { md5 } from "./md5.js";
import { resources } from "./iim.js";

/** @typedef {import("./bytes.js").Block} Block */

const XMP = "http://ns.adobe.com/xap/1.0/\0";
const EXTENSION = "http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP = "Photoshop 3.0\0";
/** Signature, 32-digit GUID, length, offset (XMP part 3, 1.1.3.1). */
const EXTENSION_HEADER = EXTENSION.length + 40;
const NAMED = /HasExtendedXMP(?:\s{0,64}=\s{0,64}["']|[^<>]{0,256}>\s{0,64})([0-9A-Fa-f]{32})/g;
/** Pictures have some dozens; more are made to keep a reader busy. */
const MAX_SEGMENTS = 20_000;
const SOI = 0xd8, EOI = 0xd9, SOS = 0xda, COM = 0xfe;

/** @param {Uint8Array} data */
export const recognises = (data) => data[0] === 0xff && data[1] === SOI && data[2] === 0xff;

/** The blocks of the file as far as `data` goes. @param {Uint8Array} data @returns {import("./bytes.js").Found} */
export function find(data) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Uint8Array[]} */
  const photoshop = [];
  /** @type {{guid: string, full: number, offset: number, body: Uint8Array}[]} */
  const extensions = [];
  /** @type {Uint8Array[]} */
  const jumbf = [];
  let at = 2, complete = false;
  for (let count = 0; count < MAX_SEGMENTS && at + 4 <= data.length; count++) {
    if (data[at] !== 0xff) {
      const next = data.indexOf(0xff, at);
      if (next < 0) break;
      at = next;
      continue;
    }
    const marker = data[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === SOS || marker === EOI) {
      complete = true;
      break;
    }
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const end = at + 2 + u16(data, at + 2);
    if (end > data.length || end < at + 4) break;
    const body = data.subarray(at + 4, end);
    if (marker === COM) blocks.push({ carrier: "comment", payload: body });
    else if (marker === 0xe1 && has(body, "Exif\0")) blocks.push({ carrier: "exif", payload: body.subarray(6) });
    else if (marker === 0xe1 && has(body, XMP)) blocks.push({ carrier: "xmp", payload: body.subarray(XMP.length) });
    else if (marker === 0xe1 && has(body, EXTENSION) && body.length >= EXTENSION_HEADER) {
      extensions.push({
        guid: latin1(body.subarray(EXTENSION.length, EXTENSION.length + 32)).toUpperCase(),
        full: u32(body, EXTENSION.length + 32),
        offset: u32(body, EXTENSION.length + 36),
        body: body.subarray(EXTENSION_HEADER),
      });
    } else if (marker === 0xed && has(body, PHOTOSHOP)) photoshop.push(body.subarray(PHOTOSHOP.length));
    else if (marker === 0xed && body[0] === 0x1c) blocks.push({ carrier: "iptc", payload: body });
    else if (marker === 0xeb && has(body, "JP")) jumbf.push(body.subarray(8));
    at = end;
  }
  for (const packet of extended(extensions, blocks)) blocks.push({ carrier: "xmp_extended", payload: packet });
  if (photoshop.length) blocks.push(...resources(join(photoshop)));
  for (const box of jumbf) {
    // The first segment of a box instance holds its head; later ones repeat only length and type.
    if (has(box, "jumb", 4) && latin1(box.subarray(0, 128)).includes("c2pa\0")) {
      blocks.push({ carrier: "c2pa", payload: box });
      break;
    }
  }
  return { format: "jpeg", blocks, complete };
}

/**
 * Extended packets that the main packet names and whose digest holds; without a name all that hold.
 * @param {{guid: string, full: number, offset: number, body: Uint8Array}[]} parts @param {Block[]} blocks
 */
function extended(parts, blocks) {
  const main = blocks.filter((block) => block.carrier === "xmp");
  const named = new Set(
    main.flatMap((block) => [...latin1(block.payload.subarray(0, until(block.payload))).matchAll(NAMED)].map((m) => m[1].toUpperCase())),
  );
  /** @type {Map<string, typeof parts>} */
  const groups = new Map();
  for (const part of parts) groups.set(part.guid, [...(groups.get(part.guid) ?? []), part]);
  const packets = [];
  for (const [guid, group] of groups) {
    const packet = join(group.sort((a, b) => a.offset - b.offset).map((part) => part.body));
    const whole = group.every((part) => part.full === packet.length);
    if ((!named.size || named.has(guid)) && whole && md5(packet).toUpperCase() === guid) packets.push(packet);
  }
  return packets;
}
