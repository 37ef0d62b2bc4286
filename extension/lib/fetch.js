// @ts-check
/** A picture's bytes, no more of them than its statements need, without the user's cookies. */

import { known, read, SNIFFED, wants } from "./meta/picture.js";

/** Of a picture that a page merely shows. WebP has its statements at the end; larger ones are left. */
const MAX_HEAD = 4 << 20;
/** Of a picture that the user asked about. */
const MAX_WHOLE = 64 << 20;
const TIMEOUT = 15_000;
/** Pictures read at once, so that a page's own loading is not starved. */
const AT_ONCE = 4;

let running = 0;
/** @type {(() => void)[]} */
const waiting = [];

/**
 * What the picture at this address says, or why nothing can be said: `unreachable`, `private`, `too_large`.
 * @param {string} url @param {{page: string, whole?: boolean}} options
 * @returns {Promise<import("./meta/picture.js").Reading | {reason: string}>}
 */
export async function readUrl(url, { page, whole = false }) {
  if (!mayAsk(url, page)) return { reason: "private" };
  if (running >= AT_ONCE) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
  running++;
  try {
    return await readAnswer(url, whole);
  } catch {
    return { reason: "unreachable" };
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** As `readUrl`, of bytes that a page's own address held. @param {Blob} blob */
export async function readBlob(blob) {
  return read(new Uint8Array(await blob.slice(0, MAX_WHOLE).arrayBuffer()));
}

/** @param {string} url @param {boolean} whole */
async function readAnswer(url, whole) {
  const control = new AbortController();
  const signal = AbortSignal.any([control.signal, AbortSignal.timeout(TIMEOUT)]);
  // No cookies: a page could have the extension ask with those that browsers withhold from other sites.
  const answer = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok || !answer.body) return { reason: "unreachable" };
  const reader = answer.body.getReader();
  const cap = whole ? MAX_WHOLE : MAX_HEAD;
  let data = new Uint8Array(64 * 1024), length = 0, wanted = SNIFFED, ended = false;
  while (length < cap) {
    const { done, value } = await reader.read();
    if (done) {
      ended = true;
      break;
    }
    if (length + value.length > data.length) {
      const larger = new Uint8Array(Math.max(data.length * 2, length + value.length));
      larger.set(data.subarray(0, length));
      data = larger;
    }
    data.set(value, length);
    length += value.length;
    if (length < wanted) continue;
    wanted = await wants(data.subarray(0, length), { head: !whole });
    if (!wanted || wanted > cap) break;
  }
  if (!ended) control.abort();
  const bytes = data.subarray(0, length);
  if (!known(bytes) && length >= cap) return { reason: "too_large" };
  return read(bytes, { head: !whole });
}

/** Whether a page may make the extension ask here: its own host, or one that is no address of this machine or network.
 * @param {string} url @param {string} page */
export function mayAsk(url, page) {
  const target = new URL(url);
  if (target.protocol === "data:") return true;
  if (target.protocol !== "http:" && target.protocol !== "https:") return false;
  return !isPrivate(target.hostname) || (URL.canParse(page) && new URL(page).host === target.host);
}

/** @param {string} host as `URL` writes it */
function isPrivate(host) {
  if (host.startsWith("[")) return /^\[(?:::|f[cd]|fe[89ab])/i.test(host);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
    return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(host);
  }
  return !host.includes(".") || /\.(?:localhost|local|internal|lan|home\.arpa)\.?$/i.test(host);
}
