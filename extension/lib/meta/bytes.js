// @ts-check
/** Bytes as text and numbers; every reader of this folder shares these, and none reads past an end. */

/** What is wrong with a carrier or a file; the only error that a reader throws. */
export class ReadError extends Error {
  /** @param {string} code a stable word, as `creditline inspect` uses it @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * One statement of a file: which carrier holds it, under which key, with which value.
 * @typedef {{carrier: string, key: string, value: string | string[] | Record<string, string>}} Property
 * A carrier's bytes as a container holds them.
 * @typedef {{carrier: string, payload: Uint8Array, problem?: string}} Block
 * What a container's walk gives. `complete`: nothing of interest follows what was given.
 * @typedef {{format: string, blocks: Block[], complete: boolean, problem?: string}} Found
 */

/** Each byte as the character of its number. @param {Uint8Array} data */
export function latin1(data) {
  let text = "";
  // Arguments of one call are held on the stack: 8192 fit everywhere.
  for (let at = 0; at < data.length; at += 8192) {
    text += String.fromCharCode(...data.subarray(at, at + 8192));
  }
  return text;
}

/** UTF-8, or null where it is none. @param {Uint8Array} data @returns {string | null} */
export function utf8(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return null;
  }
}

/** UTF-8 where it is, else Latin-1: writers put both where a standard says ASCII. @param {Uint8Array} data */
export function text(data) {
  return utf8(data) ?? latin1(data);
}

/** What 0x80 to 0x9F stand for; not every engine's decoder has them. */
const WINDOWS_1252 = "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ";

/** Windows-1252; five bytes stand for nothing in it. @param {Uint8Array} data */
export function windows1252(data) {
  return latin1(data).replace(/[\x80-\x9f]/g, (one) => WINDOWS_1252[one.charCodeAt(0) - 0x80]);
}

/** @param {Uint8Array} data @param {number} at */
export function u16(data, at) {
  return (data[at] << 8) | data[at + 1];
}

/** @param {Uint8Array} data @param {number} at */
export function u32(data, at) {
  return data[at] * 0x1000000 + ((data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]);
}

/** Big-endian, of any width; past 2^53 it is no length of anything. @param {Uint8Array} data @param {number} at
 * @param {number} width */
export function uint(data, at, width) {
  let value = 0;
  for (let index = 0; index < width; index++) value = value * 256 + (data[at + index] ?? 0);
  return value;
}

/** Whether `data` has the characters of `ascii` at `at`. @param {Uint8Array} data @param {string} ascii */
export function has(data, ascii, at = 0) {
  if (data.length < at + ascii.length) return false;
  for (let index = 0; index < ascii.length; index++) {
    if (data[at + index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}

/** @param {Uint8Array} data @param {number} at @param {number} length */
export function ascii(data, at, length) {
  return latin1(data.subarray(at, at + length));
}

/** @param {Uint8Array[]} parts */
export function join(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Without what `unwanted` names at the end. @param {Uint8Array} data @param {number} unwanted */
export function trimEnd(data, unwanted = 0) {
  let end = data.length;
  while (end > 0 && data[end - 1] === unwanted) end--;
  return data.subarray(0, end);
}

/** Where a byte stands first, or the length. @param {Uint8Array} data @param {number} byte */
export function until(data, byte = 0, from = 0) {
  const at = data.indexOf(byte, from);
  return at < 0 ? data.length : at;
}

/** @param {Uint8Array} data */
export function hex(data) {
  let out = "";
  for (const byte of data) out += byte.toString(16).padStart(2, "0");
  return out;
}
