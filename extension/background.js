// @ts-check
/** The one part that reaches the network and the desktop program. A worker that may end at any moment: listeners stand
 * at the top, what must last is in storage, nothing waits on a timer. */

import * as api from "./lib/api.js";
import { takeGiven } from "./lib/given.js";
import { labelOfBlob, labelsOf } from "./lib/labels.js";
import { fromPage } from "./lib/messages.js";
import { hostOf, inject, register, sweep } from "./lib/sites.js";
import { forget, recall, remember, settings } from "./lib/store.js";
import { viewOf } from "./lib/view.js";
import { words } from "./lib/words.js";

const MENU = "what-does-it-say";
const HEADER = "x-creditline";
/** Pages of direct messages: what is picked there is no posting. */
const MESSAGES = /^\/(?:messages?|direct|chat|inbox)(?:\/|$)/;
/** Captured files named in the popup. */
const MAX_CAPTURED = 20;

chrome.runtime.onInstalled.addListener(async () => {
  const first = await takeGiven();
  try {
    await menu();
    await register();
    await sweep();
  } finally {
    if (first) await showFirst(first);
  }
});
chrome.runtime.onStartup.addListener(register);
chrome.permissions.onAdded.addListener(register);
chrome.permissions.onRemoved.addListener(register);

chrome.storage.onChanged.addListener(async (changes, area) => {
  if (area !== "local") return;
  if (changes.language) await menu();
  if (changes.backend || changes.language) await forget();
  if (changes.off || changes.capture) await register();
});

// What the proxy says of a picture it has seen, before the page even shows it; no second request.
chrome.webRequest.onHeadersReceived.addListener(
  ({ url, responseHeaders = [] }) => {
    const ref = responseHeaders.find(({ name }) => name.toLowerCase() === HEADER)?.value;
    if (ref && /^[\w-]{1,64}$/.test(ref) && url.length <= 1_024) remember("ref ", new Map([[url.split("#", 1)[0], ref]]));
    return undefined;
  },
  { urls: ["*://*/*"], types: ["image", "media"] },
  ["responseHeaders"],
);

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  const known = sender.id === chrome.runtime.id ? fromPage(message) : null;
  if (!known) return false;
  handle(known, sender).then(answer, () => answer(null));
  return true;
});

chrome.contextMenus.onClicked.addListener(async ({ menuItemId, srcUrl, frameId = 0 }, tab) => {
  if (menuItemId !== MENU || tab?.id === undefined) return;
  try {
    await inject(tab.id, [frameId]);
    if (await chrome.tabs.sendMessage(tab.id, { type: "say", url: srcUrl ?? "" }, { frameId })) return;
  } catch {
    // The browser's own pages and sandboxed picture pages take no script.
  }
  if (srcUrl) await chrome.tabs.create({ url: pictureTab(srcUrl, tab.url ?? "") });
});

/** The page of a ready-made browser. It opens on an empty one, as Chromium can let a page wait for ever that it loads
 * while it sets up an extension that watches requests. @param {string} url */
async function showFirst(url) {
  const [tab] = await chrome.tabs.query({ active: true });
  if (tab?.id !== undefined) await chrome.tabs.update(tab.id, { url });
}

/** @param {import("./lib/messages.js").FromPage} message @param {chrome.runtime.MessageSender} sender */
async function handle(message, sender) {
  const page = sender.tab?.url ?? sender.url ?? "";
  switch (message.type) {
    case "views": {
      const labels = await labelsOf(message.urls, { page: sender.url ?? page, whole: message.whole });
      return Promise.all(labels.map(viewOf));
    }
    case "bytes":
      return viewOf(await labelOfBlob(message.url, message.blob));
    case "original":
      return capture(message, sender, page);
    case "open":
      await chrome.tabs.create({ url: message.url.startsWith("http://") ? await ours(message.url) : undefined });
      return true;
  }
}

/** @param {import("./lib/messages.js").Original} message @param {chrome.runtime.MessageSender} sender
 * @param {string} page */
async function capture({ file, gesture, trusted }, sender, page) {
  const host = hostOf(page);
  const allowed = host !== null && !MESSAGES.test(new URL(page).pathname) && (await settings()).capture.includes(host);
  const tab = sender.tab?.id;
  if (!allowed || tab === undefined) return false;
  const name = file instanceof File ? file.name : "";
  let state = "kept";
  try {
    await api.original(file, { page, name, gesture, trusted });
  } catch (error) {
    state = error instanceof api.ApiError ? error.code : "error";
  }
  const before = (await recall("captured ", [String(tab)])).get(String(tab)) ?? [];
  const entry = { name: name.slice(0, 255), bytes: file.size, state, host };
  await remember("captured ", new Map([[String(tab), [entry, ...before].slice(0, MAX_CAPTURED)]]));
  return state === "kept";
}

/** The dashboard's address if it is one; else its first page. @param {string} url */
async function ours(url) {
  const first = await api.dashboard();
  return first && url.startsWith(first) ? url : (first ?? undefined);
}

/** @param {string} url @param {string} page */
function pictureTab(url, page) {
  const query = new URLSearchParams({ url, page });
  return chrome.runtime.getURL(`ui/picture.html?${query}`);
}

async function menu() {
  const { say } = await words();
  await chrome.contextMenus.removeAll();
  chrome.contextMenus.create({
    id: MENU,
    title: say("menu"),
    contexts: ["page", "frame", "link", "image", "video", "selection"],
    documentUrlPatterns: ["http://*/*", "https://*/*", "file:///*"],
  });
}
