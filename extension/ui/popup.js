// @ts-check
/** The popup: this site's switches, this page's pictures in words, and the way into the dashboard. */

import * as api from "../lib/api.js";
import { granted, hostOf, inject, pattern, stop } from "../lib/sites.js";
import { list, recall, settings } from "../lib/store.js";
import { put, translate } from "../lib/words.js";
import { element, lines } from "./lines.js";

/** Pictures listed one by one; more are counted. */
const MAX_LISTED = 100;
/** Hosts that one question to the user names. */
const MAX_HOSTS = 6;

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const say = await translate(document);
// A page opened as a tab names the tab that it is about: tests and small screens use it so.
const named = Number(new URLSearchParams(location.search).get("tab"));
const tab = named ? await chrome.tabs.get(named) : (await chrome.tabs.query({ active: true, currentWindow: true }))[0];
const host = hostOf(tab?.url);
/** @type {string[]} */
let hosts = [];

at("options").addEventListener("click", () => chrome.runtime.openOptionsPage());
at("dashboard").addEventListener("click", async () => {
  const url = await api.dashboard();
  if (url) await chrome.tabs.create({ url });
});

const program = api.state().then((state) => {
  put(at("program"), say(`program_${state}`));
  at("dashboard").hidden = state !== "paired";
  at("keep").hidden = state !== "paired" || !host;
  return state;
});

at("keep").addEventListener("click", async () => {
  if (!tab?.id || !tab.url) return;
  at("kept").textContent = "";
  let said = "page_kept";
  try {
    if (named) await chrome.tabs.update(tab.id, { active: true });
    // What is seen of the page now; the click on the extension's button allowed it.
    const shot = await chrome.tabs.captureVisibleTab(tab.windowId, { format: "png" });
    await api.screenshot(await (await fetch(shot)).blob(), tab.url);
  } catch (error) {
    said = error instanceof api.ApiError ? `program_${error.code}` : "page_not_shown";
  }
  put(at("kept"), say(said));
});

at("allow").addEventListener("click", () => grant([/** @type {string} */ (host)]));
at("hosts").addEventListener("click", () => grant(hosts));

/** Asked at once: browsers want the user's own click for it. @param {string[]} wanted */
async function grant(wanted) {
  if (!(await chrome.permissions.request({ origins: wanted.map(pattern) }))) return;
  if (host && (await granted(host)) && tab?.id) await inject(tab.id).catch(() => {});
  await show();
}

const labels = /** @type {HTMLInputElement} */ (at("labels").querySelector("input"));
labels.addEventListener("change", async () => {
  if (!host || !tab?.id) return;
  await list("off", host, !labels.checked);
  await (labels.checked ? inject(tab.id) : stop(tab.id)).catch(() => {});
  await show();
});

const capture = /** @type {HTMLInputElement} */ (at("capture").querySelector("input"));
capture.addEventListener("change", async () => {
  if (host) await list("capture", host, capture.checked);
});

async function show() {
  const { off, capture: captured } = await settings();
  const allowed = host !== null && (await granted(host));
  const on = allowed && !off.includes(host ?? "");
  at("site").textContent = say(!host ? "site_unavailable" : !allowed ? "site_not_granted" : on ? "site_on" : "site_off", host ?? "");
  at("allow").hidden = !host || allowed;
  at("labels").hidden = !allowed;
  labels.checked = on;
  at("capture").hidden = !on;
  capture.checked = captured.includes(host ?? "");
  at("capture-note").hidden = !on || (await program) === "paired";
  await showCaptured();
  at("pictures").hidden = !on;
  if (on && tab?.id) await showPictures(tab.id);
}

async function showCaptured() {
  const entries = (await recall("captured ", [String(tab?.id)])).get(String(tab?.id)) ?? [];
  at("captured").hidden = !entries.length;
  const items = entries.map((/** @type {any} */ { name, state }) =>
    element("li", state === "kept" ? say("captured_kept", name) : say("captured_failed", name, say(`program_${state}`))),
  );
  at("captured").querySelector("ul")?.replaceChildren(...items);
}

/** @param {number} tabId */
async function showPictures(tabId) {
  const frames = await chrome.scripting
    .executeScript({ target: { tabId, allFrames: true }, func: () => /** @type {any} */ (globalThis).creditline?.list?.() })
    .catch(() => []);
  /** @type {{overlay: string, pictures: {url: string, view: import("../lib/view.js").View | null}[]}[]} */
  const found = frames.flatMap(({ result }) => (result ? [result] : []));
  const pictures = found.flatMap((frame) => frame.pictures);
  at("overlay").hidden = !found.some(({ overlay }) => overlay === "removed");
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { view } of pictures) {
    const word = !view ? say("pictures_pending") : view.kind === "credit" ? say("credit_only") : view.title;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  at("summary").textContent = pictures.length
    ? [...counts].map(([word, count]) => say("pictures_summary", word, count)).join(" · ")
    : say("pictures_none");
  const items = pictures.flatMap(({ view }) => (view ? [item(view)] : [])).slice(0, MAX_LISTED);
  at("pictures").querySelector("ul")?.replaceChildren(...items);
  await showHosts(pictures.map(({ url }) => url));
}

/** @param {import("../lib/view.js").View} view */
function item(view) {
  const entry = document.createElement("li"), details = document.createElement("details");
  const line = element("summary", [view.title, view.credit, view.removed ? say("removed_count", view.removed) : ""].filter(Boolean).join(" · "));
  details.append(line, element("p", view.state, "soft"), lines(view));
  if (view.more) {
    const link = document.createElement("a");
    link.href = view.more;
    link.target = "_blank";
    link.textContent = view.details;
    details.append(link);
  }
  entry.append(details);
  return entry;
}

/** Hosts that serve this page's pictures and may not be asked yet. @param {string[]} urls */
async function showHosts(urls) {
  const all = new Set(urls.map(hostOf).filter((one) => one !== null && one !== host));
  /** @type {string[]} */
  const missing = [];
  for (const one of all) if (one && !(await granted(one))) missing.push(one);
  hosts = missing.slice(0, MAX_HOSTS);
  at("hosts").hidden = !hosts.length;
  at("hosts").textContent = say("allow_hosts", hosts.join(", "));
}

await show();
document.documentElement.dataset.ready = "";
