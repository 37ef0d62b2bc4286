// @ts-check
/** Messages between the parts, and who may send which: pages cannot send any, their frames' scripts only what is here. */

/**
 * @typedef {{type: "views", urls: string[], whole?: boolean}} Views
 * @typedef {{type: "bytes", url: string, blob: Blob}} Bytes
 * @typedef {{type: "original", file: File, gesture: string, trusted: boolean}} Original
 * @typedef {{type: "open", url: string}} Open
 * @typedef {Views | Bytes | Original | Open} FromPage
 */

const GESTURES = ["input", "drop", "paste", "handle"];
/** Pictures in one question of a frame. */
export const MAX_URLS = 64;
const MAX_URL = 8 << 20;

/** The message if it is one of a content script's, whole and within its caps; else null. @param {any} message
 * @returns {FromPage | null} */
export function fromPage(message) {
  switch (message?.type) {
    case "views": {
      const { urls } = message;
      const fine = Array.isArray(urls) && urls.length <= MAX_URLS && urls.every(isAddress);
      return fine ? { type: "views", urls, whole: message.whole === true } : null;
    }
    case "bytes":
      return isAddress(message.url) && message.blob instanceof Blob ? message : null;
    case "original": {
      const fine = message.file instanceof Blob && GESTURES.includes(message.gesture);
      return fine ? { ...message, trusted: message.trusted === true } : null;
    }
    case "open":
      return isAddress(message.url) ? message : null;
    default:
      return null;
  }
}

/** @param {unknown} url */
const isAddress = (url) => typeof url === "string" && url.length <= MAX_URL && URL.canParse(url);
