// @ts-check
/** On which sites the scripts run: where the user granted access and has not switched the site off. Elsewhere nothing
 * is injected at all. */

import { settings } from "./store.js";

const LABELS = ["content/finder.js", "content/overlay.js", "content/panel.js", "content/main.js"];
const CAPTURE = ["content/capture.js"];
const HOOKS = ["content/hooks.js"];
/** Granted for the desktop program, not for pages. */
const PROGRAM = ["http://127.0.0.1/*", "http://localhost/*"];

/** The host of a page that scripts can run on; null for the browser's own pages. @param {string | undefined} url */
export function hostOf(url) {
  try {
    const parsed = new URL(url ?? "");
    return /^https?:$/.test(parsed.protocol) ? parsed.hostname : null;
  } catch {
    return null;
  }
}

/** @param {string} host */
export const pattern = (host) => `*://${host}/*`;

/** Whether the user granted access to a host. @param {string} host */
export function granted(host) {
  return chrome.permissions.contains({ origins: [pattern(host)] });
}

/** @returns {Promise<string[]>} */
async function grants() {
  const { origins = [] } = await chrome.permissions.getAll();
  return origins.filter((origin) => !PROGRAM.includes(origin));
}

/** @type {Promise<unknown>} */
let registering = Promise.resolve();

/** Registers the scripts anew for what is granted and on; pages opened later get them. One at a time: two at once
 * would each add what the other has added. */
export function register() {
  registering = registering.then(anew, anew);
  return registering;
}

async function anew() {
  const [matches, { off, capture }] = [await grants(), await settings()];
  const known = await chrome.scripting.getRegisteredContentScripts();
  if (known.length) await chrome.scripting.unregisterContentScripts({ ids: known.map(({ id }) => id) });
  if (!matches.length) return;
  const excludeMatches = off.map(pattern);
  const common = { allFrames: true, matchOriginAsFallback: true, persistAcrossSessions: true };
  const scripts = [
    { ...common, id: "labels", js: LABELS, matches, excludeMatches, runAt: /** @type {const} */ ("document_idle") },
  ];
  const captured = [];
  for (const host of capture) if (!off.includes(host) && (await granted(host))) captured.push(pattern(host));
  if (captured.length) {
    const start = /** @type {const} */ ("document_start");
    scripts.push({ ...common, id: "capture", js: CAPTURE, matches: captured, excludeMatches, runAt: /** @type {any} */ (start) });
    scripts.push(/** @type {any} */ ({ ...common, id: "hooks", js: HOOKS, matches: captured, excludeMatches, runAt: start, world: "MAIN" }));
  }
  await chrome.scripting.registerContentScripts(/** @type {any} */ (scripts));
}

/** Starts the labels in a page that is open already. @param {number} tabId @param {number[]} [frameIds] */
export async function inject(tabId, frameIds) {
  const target = frameIds ? { tabId, frameIds } : { tabId, allFrames: true };
  await chrome.scripting.executeScript({ target, files: LABELS });
}

/** Stops the labels in a page that is open. @param {number} tabId */
export async function stop(tabId) {
  await chrome.scripting.executeScript({
    target: { tabId, allFrames: true },
    func: () => /** @type {any} */ (globalThis).creditline?.stop?.(),
  });
}

/** Takes what an earlier version of the extension left in open pages: Firefox ends its scripts without a word to them. */
export async function sweep() {
  for (const { id } of await chrome.tabs.query({ url: await grants() })) {
    if (id === undefined) continue;
    await chrome.scripting.executeScript({ target: { tabId: id, allFrames: true }, func: removeLeftOver }).catch(() => {});
  }
}

/** Runs in a page. */
function removeLeftOver() {
  const scope = /** @type {any} */ (globalThis);
  // A page that was opened after the update has its own, and that one stays.
  if (scope.creditline?.stop) return;
  for (const element of [...document.documentElement.children]) {
    if (!(element instanceof HTMLElement) || !element.localName.startsWith("x-")) continue;
    const root = /** @type {any} */ (element).openOrClosedShadowRoot ?? scope.chrome?.dom?.openOrClosedShadowRoot(element);
    if (root?.querySelector(".badge, .panel")) element.remove();
  }
}
