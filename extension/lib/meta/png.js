// @ts-check
/** Where a PNG keeps what it says (PNG third edition, 11.3): text chunks, eXIf, caBX, and raw profiles in text. */

import { ascii, has, latin1, ReadError, text, trimEnd, u32, until } from "./bytes.js";
import { resources } from "./iim.js";

/** @typedef {import("./bytes.js").Block} Block */

const SIGNATURE = "\x89PNG\r\n\x1a\n";
const XMP_KEYWORD = "XML:com.adobe.xmp", RAW_PROFILE = "Raw profile type ";
const XMP_PREFIX = "http://ns.adobe.com/xap/1.0/\0";
/** Workflows of image generators reach a few MB; deflate can expand a thousandfold. */
const MAX_TEXT = 8 << 20;
/** All chunks of a file together. */
const MAX_INFLATED_TOTAL = 32 << 20;
/** Animations reach some thousands; an empty chunk takes 12 bytes. */
const MAX_CHUNKS = 100_000;
const MAX_KEYWORD = 79;
/** @type {Record<string, string>} */
const PROFILES = { exif: "exif", app1: "exif", iptc: "iptc", "8bim": "photoshop", xmp: "xmp" };

/** @param {Uint8Array} data */
export const recognises = (data) => has(data, SIGNATURE);

/**
 * The blocks as far as `data` goes. With `head`, what stands before the picture data is enough.
 * @param {Uint8Array} data @param {{head?: boolean}} [options] @returns {Promise<import("./bytes.js").Found>}
 */
export async function find(data, { head = false } = {}) {
  /** @type {Block[]} */
  const blocks = [];
  const budget = { left: MAX_INFLATED_TOTAL };
  let at = 8, complete = false;
  for (let count = 0; count < MAX_CHUNKS && at + 12 <= data.length; count++) {
    const length = u32(data, at), kind = ascii(data, at + 4, 4), stop = at + 8 + length;
    if (kind === "IEND" || (kind === "IDAT" && head)) {
      complete = true;
      break;
    }
    if (kind === "IDAT") {
      at = stop + 4;
      continue;
    }
    if (stop + 4 > data.length) break;
    const body = data.subarray(at + 8, stop);
    if (kind === "eXIf") blocks.push({ carrier: "exif", payload: has(body, "Exif\0\0") ? body.subarray(6) : body });
    else if (kind === "caBX") blocks.push({ carrier: "c2pa", payload: body });
    else if (kind === "tEXt" || kind === "zTXt" || kind === "iTXt") {
      try {
        blocks.push(...(await textBlocks(kind, body, budget)));
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        blocks.push({ carrier: "png_text", payload: new Uint8Array(), problem: error.code });
      }
    }
    at = stop + 4;
  }
  return { format: "png", blocks, complete };
}

/** A `png_text` payload is keyword NUL text. @param {Uint8Array} payload
 * @returns {import("./bytes.js").Property[]} */
export function readText(payload) {
  const end = until(payload);
  return [{ carrier: "png_text", key: text(payload.subarray(0, end)), value: text(payload.subarray(end + 1)) }];
}

/** @param {string} kind @param {Uint8Array} body @param {{left: number}} budget @returns {Promise<Block[]>} */
async function textBlocks(kind, body, budget) {
  const end = until(body);
  if (!end || end > MAX_KEYWORD || (end === body.length && kind !== "tEXt")) {
    throw new ReadError("png_text_broken", "The PNG text chunk has no keyword.");
  }
  const keyword = text(body.subarray(0, end));
  let content = body.subarray(end + 1);
  if (kind === "zTXt") content = await inflate(content.subarray(1), content[0], budget);
  else if (kind === "iTXt") {
    // Compression flag and method, language NUL, translated keyword NUL, text.
    const [flag, method] = content;
    const language = until(content, 0, 2), translated = until(content, 0, language + 1);
    if (translated >= content.length && language + 1 >= content.length) {
      throw new ReadError("png_text_broken", "The iTXt chunk breaks off before its text.");
    }
    content = content.subarray(translated + 1);
    if (flag === 1) content = await inflate(content, method, budget);
  }
  if (content.length > MAX_TEXT) throw new ReadError("limit", "The PNG text is too long.");
  if (keyword === XMP_KEYWORD) return [{ carrier: "xmp", payload: content }];
  const carrier = keyword.startsWith(RAW_PROFILE) && PROFILES[keyword.slice(RAW_PROFILE.length).toLowerCase()];
  if (carrier) return profile(carrier, content);
  const bare = trimEnd(content);
  const payload = new Uint8Array(end + 1 + bare.length);
  payload.set(body.subarray(0, end));
  payload.set(bare, end + 1);
  return [{ carrier: "png_text", payload }];
}

/** ImageMagick's raw profiles: name, length, then hexadecimal digits. @param {string} carrier
 * @param {Uint8Array} content @returns {Block[]} */
function profile(carrier, content) {
  const match = /^\s*[^\n]{1,100}\n\s*(\d{1,9})\s+([0-9A-Fa-f\s]*)/.exec(latin1(content));
  let data = content;
  if (!(carrier === "iptc" && content[0] === 0x1c)) {
    if (!match) throw new ReadError("png_text_broken", "The raw profile is no hexadecimal text.");
    const digits = match[2].replace(/\s+/g, "");
    data = new Uint8Array(Math.min(Number(match[1]), digits.length >> 1));
    for (let at = 0; at < data.length; at++) data[at] = parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  }
  if (carrier === "exif" || carrier === "xmp") {
    if (has(data, XMP_PREFIX)) return [{ carrier: "xmp", payload: data.subarray(XMP_PREFIX.length) }];
    return [{ carrier, payload: has(data, "Exif\0\0") ? data.subarray(6) : data }];
  }
  return has(data, "8BIM") ? resources(data) : [{ carrier, payload: data }];
}

/** @param {Uint8Array} data @param {number} method @param {{left: number}} budget @returns {Promise<Uint8Array>} */
async function inflate(data, method, budget) {
  if (method !== 0) throw new ReadError("png_text_broken", "The PNG text is compressed in an unknown way.");
  const cap = Math.min(MAX_TEXT, budget.left);
  const out = [];
  let length = 0;
  try {
    const source = new Response(/** @type {Uint8Array<ArrayBuffer>} */ (data)).body;
    const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (source)
      .pipeThrough(new DecompressionStream("deflate"))
      .getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > cap) {
        await reader.cancel();
        throw new ReadError("limit", "The PNG text inflates to more than is read.");
      }
      out.push(value);
    }
  } catch (error) {
    if (error instanceof ReadError) throw error;
    throw new ReadError("png_text_broken", "The compressed PNG text is broken.");
  } finally {
    budget.left -= length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of out) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
