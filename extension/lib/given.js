// @ts-check
/** A ready-made browser (`creditline browser`) hands its copy of the extension the server in a file; other copies have
 * none and are paired in the options. */

import { loopback } from "./api.js";
import { change } from "./store.js";

const HOST = /^[a-z0-9.-]{1,253}$/;

/** Takes over what the file says, if there is one. @returns {Promise<string | null>} the page that the browser is to open on */
export async function takeGiven() {
  let given;
  try {
    given = await (await fetch(chrome.runtime.getURL("given.json"))).json();
  } catch {
    return null; // no such file, as in every store's copy
  }
  const url = loopback(String(given?.backend?.url));
  const token = given?.backend?.token;
  if (url === null || typeof token !== "string") return null;
  const capture = Array.isArray(given.capture) ? given.capture : [];
  await change({
    backend: { url, token },
    capture: capture.filter((/** @type {unknown} */ host) => typeof host === "string" && HOST.test(host)),
  });
  return typeof given.open === "string" ? given.open : null;
}
